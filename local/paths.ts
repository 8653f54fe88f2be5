import * as os from "node:os";
import * as path from "node:path";

/** The checkout that this local cloud belongs to. */
export const projectRoot = path.resolve(__dirname, "..");

/** All that one local cloud knows and owns; `npm run down` removes it. */
export const stateDir = path.join(projectRoot, ".trivet");

export const paths = {
  /** The API's books and the machines' disks. */
  cloud: path.join(stateDir, "cloud"),
  /** Pulumi's file backend, its home with the plugins, and the passphrase of the stack's secrets. */
  backend: path.join(stateDir, "backend"),
  pulumiHome: path.join(stateDir, "pulumi"),
  passphrase: path.join(stateDir, "passphrase"),
  /** The bearer token that the API accepts. */
  token: path.join(stateDir, "token"),
  /** The local stack's own authority, for clients on this host. */
  caCertificate: path.join(stateDir, "ca.crt"),
};

/**
 * What is costly to make and the same for every checkout: the engine, the machine image, downloaded packages.
 * It outlives `npm run down`; `npm run down -- --cache` removes it. TRIVET_CACHE moves it.
 */
export const cacheDir = process.env.TRIVET_CACHE ?? path.join(os.homedir(), ".cache", "trivet");

/** Where the DigitalOcean-compatible API listens. It must have no path: godo resolves half of its calls against the root. */
export const apiPort = 8464;
export const apiUrl = `http://127.0.0.1:${apiPort}`;

/** The network namespace that holds every bridge, balancer and machine of the local cloud. */
export const namespace = "trivet";

/** Stands for the internet's addresses (a documentation range): the host's way in and the machines' public side. */
export const publicRange = "198.51.100.0/24";

/** The link between the host and the namespace (a benchmarking range, RFC 2544). */
export const uplink = { range: "198.18.0.0/30", host: "198.18.0.1", cloud: "198.18.0.2" };
