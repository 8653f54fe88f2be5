import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
// Internal, and pinned with the SDK: the public mocks do not tell a resource's dependencies.
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { parse } from "yaml";
import { local } from "../../stacks/local";
import type { Shape } from "../../stacks/shape";

/** A real one: the ACME account's thumbprint is made of it. */
const publicKeyPem = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .publicKey.export({ format: "pem", type: "spki" })
  .toString();

/** What a provider would answer, in texts that give themselves away wherever they turn up. */
const outputs: Record<
  string,
  (name: string, inputs: Record<string, unknown>, serial: number) => Record<string, unknown>
> = {
  "digitalocean:index/droplet:Droplet": (name, _inputs, serial) => ({
    ipv4Address: `198.51.100.${10 + serial}`,
    ipv4AddressPrivate: `10.22.0.${10 + serial}`,
    dropletUrn: `do:droplet:${name}`,
  }),
  "digitalocean:index/vpc:Vpc": () => ({}),
  "digitalocean:index/loadBalancer:LoadBalancer": () => ({ ip: "198.51.100.9", loadBalancerUrn: "do:loadbalancer:lb" }),
  "digitalocean:index/sshKey:SshKey": () => ({ fingerprint: "aa:bb" }),
  "tls:index/privateKey:PrivateKey": (name) => ({
    privateKeyPem: secretText(`private-key-pem-${name}`),
    privateKeyOpenssh: secretText(`private-key-openssh-${name}`),
    publicKeyPem,
    publicKeyOpenssh: `ssh-ed25519 AAAA${name.replace(/[^a-z]/g, "")} \n`,
  }),
  "tls:index/selfSignedCert:SelfSignedCert": (name) => ({ certPem: `certificate ${name}\n` }),
  "tls:index/certRequest:CertRequest": (name) => ({ certRequestPem: `request ${name}\n` }),
  "tls:index/locallySignedCert:LocallySignedCert": (name) => ({ certPem: `certificate ${name}\n` }),
  "random:index/randomPassword:RandomPassword": (name) => ({ result: secretText(`password-${name}`) }),
};

/** Marks what must not be seen; `holdsSecret` finds it again. */
const mark = "TOP-SECRET";
const secretText = (what: string) => pulumi.secret(`${mark}-${what}`);
export const holdsSecret = (text: string) => text.includes(mark);

export interface Registered {
  urn: string;
  type: string;
  name: string;
  parent: string;
  dependsOn: string[];
  /** As it goes to the engine: secrets wrapped. */
  raw: Record<string, unknown>;
  /** The same with the wrapping taken off. */
  inputs: Record<string, unknown>;
  protect: boolean;
}

export interface Run {
  resources: Registered[];
  outputs: Record<string, unknown>;
  named(name: string, type?: string): Registered;
  /** Whether `later` cannot begin before `earlier` is done, however many steps lie between. */
  follows(later: string, earlier: string, earlierType?: string): boolean;
}

const commandType = "command:remote:Command";

/** Runs the stack local with other nodes than it has. */
export async function runShape(shape: Partial<Shape>): Promise<Run> {
  const own = { ...local };
  Object.assign(local, shape);
  try {
    return await runProgram("local");
  } finally {
    Object.assign(local, own);
  }
}

type Register = (
  this: MockMonitor,
  request: RegisterResourceRequest,
  answer: (error: unknown, response?: RegisterResourceResponse) => void,
) => Promise<void>;

/** Runs the real program for a stack against recorded answers; nothing is created. */
export async function runProgram(stack: string, config: Record<string, string> = {}): Promise<Run> {
  const resources: Registered[] = [];
  const made: Record<string, number> = {};
  const prototype = MockMonitor.prototype as { registerResource: Register };
  const register = prototype.registerResource;
  prototype.registerResource = function (request, callback) {
    const raw = (request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>;
    const resource: Registered = {
      urn: "",
      type: request.getType(),
      name: request.getName(),
      parent: request.getParent(),
      dependsOn: request.getDependenciesList(),
      raw,
      inputs: unwrap(raw) as Record<string, unknown>,
      protect: request.getProtect() ?? false,
    };
    resources.push(resource);
    return register.call(this, request, (error, response) => {
      resource.urn = response?.getUrn() ?? "";
      callback(error, response);
    });
  };
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const plain = inputs as Record<string, unknown>;
        made[type] = (made[type] ?? 0) + 1;
        return { id: `${name}-id`, state: { ...plain, ...outputs[type]?.(name, plain, made[type]) } };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "trivet",
    stack,
  );
  pulumi.runtime.setAllConfig({ ...configOf(stack), "digitalocean:token": "token", ...config });

  const program = path.join(__dirname, "..", "..", "index.ts");
  delete require.cache[program];
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const exported = require(program) as Record<string, unknown>;
  const outputsOfStack = await resolve(exported);
  await pulumi.runtime.disconnect();
  prototype.registerResource = register;
  const run: Run = {
    resources,
    outputs: outputsOfStack,
    named(name, type = commandType) {
      const found = resources.find((resource) => resource.name === name && resource.type === type);
      if (!found) throw new Error(`The program has no ${type} ${name}.`);
      return found;
    },
    follows(later, earlier, earlierType) {
      return reaches(resources, run.named(later).urn, run.named(earlier, earlierType).urn);
    },
  };
  return run;
}

/** What the engine would hand over: the stack's file, as text. */
export function configOf(stack: string): Record<string, string> {
  const file = path.join(__dirname, "..", "..", `Pulumi.${stack}.yaml`);
  const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** Along dependencies and, since a child waits for what its parent waits for, along parents. */
function reaches(resources: Registered[], from: string, to: string): boolean {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const seen = new Set<string>();
  const queue = [from];
  while (queue.length > 0) {
    const resource = byUrn.get(queue.pop()!);
    for (const next of resource ? [...resource.dependsOn, resource.parent] : []) {
      if (next === to) return true;
      if (!seen.has(next)) queue.push(next);
      seen.add(next);
    }
  }
  return false;
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export function isSecret(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && (value as Record<string, unknown>)[signature] === secretSignature
  );
}

function unwrap(value: unknown): unknown {
  if (isSecret(value)) return unwrap((value as { value: unknown }).value);
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]));
}

async function resolve(exported: Record<string, unknown>): Promise<Record<string, unknown>> {
  const resolved: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(exported)) {
    const output = pulumi.output<unknown>(value);
    resolved[name] = await plainValue(output);
    if (await pulumi.isSecret(output)) resolved[name] = { secret: true };
  }
  return resolved;
}

const plainValue = (output: pulumi.Output<unknown>) => new Promise((done) => output.apply((plain) => done(plain)));
