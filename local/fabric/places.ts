import * as path from "node:path";

/** What must not survive the host's restart, as the kernel's state does not: the owner, the host's former settings. */
export const runDir = "/run/trivet";

/** The files of one fabric. Everything in `root` is the fabric's own, so that teardown may delete it whole. */
export class Places {
  readonly stateDir: string;
  readonly root: string;

  constructor(stateDir: string) {
    this.stateDir = path.resolve(stateDir);
    this.root = path.join(this.stateDir, "fabric");
  }

  get vpcs() {
    return path.join(this.root, "vpcs");
  }

  get machines() {
    return path.join(this.root, "machines");
  }

  get balancers() {
    return path.join(this.root, "balancers");
  }

  get firewalls() {
    return path.join(this.root, "firewalls.json");
  }

  get services() {
    return path.join(this.root, "services");
  }

  /** Of the issuer of certificates, whose authority every machine trusts. */
  get issuer() {
    return path.join(this.root, "issuer");
  }

  machine(id: number) {
    const dir = path.join(this.machines, String(id));
    return {
      dir,
      spec: path.join(dir, "machine.json"),
      /** "on" or "off": what was last wished for, by the API or by the machine itself. */
      power: path.join(dir, "power"),
      /** The image root that the machine was made from: a newer one must not slip under its disk. */
      image: path.join(dir, "image"),
      diskImage: path.join(dir, "disk.img"),
      disk: path.join(dir, "disk"),
      root: path.join(dir, "root"),
      console: path.join(dir, "console.log"),
    };
  }

  balancer(id: string) {
    const dir = path.join(this.balancers, id);
    return {
      dir,
      spec: path.join(dir, "balancer.json"),
      config: path.join(dir, "haproxy.cfg"),
      serverState: path.join(dir, "servers.state"),
      pid: path.join(dir, "haproxy.pid"),
      log: path.join(dir, "haproxy.log"),
    };
  }
}
