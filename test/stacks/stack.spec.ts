import { expect } from "chai";
import { parse } from "yaml";
import { readFileSync } from "node:fs";
import { schema } from "../../stacks/settings";
import type { Shape } from "../../stacks/shape";
import { readStack, type StackInput } from "../../stacks/stack";
import { configOf } from "../support/program";

const good = { "trivet:domain": "app.trivet.test", "digitalocean:token": "token" };
const three: Shape = {
  nodes: [{ name: "ash" }, { name: "birch" }, { name: "cedar" }],
  nominated: "ash",
  protect: true,
};
const sizes = "s-1vcpu-1gb, s-1vcpu-2gb, s-2vcpu-2gb, s-2vcpu-4gb, s-4vcpu-8gb";

/** Every fault of a stack "oak" whose settings and shape are good but for what is given. */
function faultsOf(
  config: Record<string, string>,
  shape: Partial<Shape> = {},
  more: Partial<StackInput> = {},
): string[] | undefined {
  const outcome = readStack({
    name: "oak",
    config: { ...good, ...config },
    tokenInEnvironment: false,
    shapes: { oak: { ...three, ...shape } },
    ...more,
  });
  return "faults" in outcome ? outcome.faults : undefined;
}

describe("a stack's settings", () => {
  /** Setting, value as Pulumi hands it over, what the message says after the setting's name. */
  const refused: [string, string, string][] = [
    ["domain", "none", 'is "none"; wanted a host name in lower case, such as app.your-company.com.'],
    ["domain", "", 'is ""; wanted a host name in lower case, such as app.your-company.com.'],
    [
      "domain",
      "App.Trivet.Test",
      'is "App.Trivet.Test"; wanted a host name in lower case, such as app.your-company.com.',
    ],
    [
      "domain",
      "https://trivet.test",
      'is "https://trivet.test"; wanted a host name in lower case, such as app.your-company.com.',
    ],
    ["domain", "10.0.0.1", 'is "10.0.0.1"; wanted a host name in lower case, such as app.your-company.com.'],
    ["domain", ".example.com", 'is ".example.com"; wanted a host name in lower case, such as app.your-company.com.'],
    [
      "domain",
      "example.com",
      'is "example.com"; wanted a domain of your own, since nobody can own example.com and its like.',
    ],
    [
      "domain",
      "app.example.org",
      'is "app.example.org"; wanted a domain of your own, since nobody can own example.com and its like.',
    ],
    ["sites", "www.trivet.test", `is "www.trivet.test"; wanted a map of sites' names to host names.`],
    ["sites", '["www.trivet.test"]', `is ["www.trivet.test"]; wanted a map of sites' names to host names.`],
    ["region", "frankfurt", `is "frankfurt"; wanted a region's slug such as fra1.`],
    ["vpcCidr", "lan", 'is "lan"; wanted a private range such as 10.20.0.0/24.'],
    ["vpcCidr", "10.20.0.0", 'is "10.20.0.0"; wanted a private range such as 10.20.0.0/24.'],
    ["vpcCidr", "fd00::/64", 'is "fd00::/64"; wanted a private range such as 10.20.0.0/24.'],
    ["vpcCidr", "10.20.0.0/29", 'is "10.20.0.0/29"; wanted a range of at least 16 addresses (/28 or larger).'],
    ["vpcCidr", "10.20.0.0/15", 'is "10.20.0.0/15"; wanted a range of at most 65536 addresses (/16 or smaller).'],
    ["vpcCidr", "8.8.8.0/24", 'is "8.8.8.0/24"; wanted a range within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16.'],
    [
      "vpcCidr",
      "172.32.0.0/16",
      'is "172.32.0.0/16"; wanted a range within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16.',
    ],
    ["vpcCidr", "10.20.0.7/24", 'is "10.20.0.7/24"; wanted a range that begins at its first address: 10.20.0.0/24.'],
    [
      "vpcCidr",
      "10.244.7.0/24",
      'is "10.244.7.0/24"; wanted a range that does not overlap 10.244.0.0/16, which DigitalOcean keeps for itself.',
    ],
    ["nodeSize", "huge", `is "huge"; wanted one of ${sizes}.`],
    ["nodeSize", "constructor", `is "constructor"; wanted one of ${sizes}.`],
    ["nodeSize", "s-1vcpu-512mb-10gb", `is "s-1vcpu-512mb-10gb"; wanted at least 1024 MiB of memory: ${sizes}.`],
    ["workers", "two", 'is "two"; wanted a whole number from 1 to 8.'],
    ["workers", "2.5", 'is "2.5"; wanted a whole number from 1 to 8.'],
    ["workers", "-1.5", 'is "-1.5"; wanted a whole number from 1 to 8.'],
    ["workers", "", 'is ""; wanted a whole number from 1 to 8.'],
    ["workers", "0", 'is "0"; wanted a whole number from 1 to 8.'],
    ["workers", "9", 'is "9"; wanted a whole number from 1 to 8.'],
    ["uploadLimitMiB", "1025", 'is "1025"; wanted a whole number from 1 to 1024.'],
    ["uploadLimitMiB", "true", 'is "true"; wanted a whole number from 1 to 1024.'],
    ["requestsPerSecond", "0", 'is "0"; wanted a whole number from 1 to 100000.'],
    ["connectionsPerClient", "65536", 'is "65536"; wanted a whole number from 1 to 65535.'],
    ["nodejsVersion", "v24", 'is "v24"; wanted a version such as 24.21.0.'],
    ["nodejsSha256", "6E1D", 'is "6E1D"; wanted 64 hexadecimal digits in lower case.'],
    ["nodejsMirror", "nodejs.org", 'is "nodejs.org"; wanted a URL without a slash at its end.'],
    [
      "nodejsMirror",
      "https://nodejs.org/dist/",
      'is "https://nodejs.org/dist/"; wanted a URL without a slash at its end.',
    ],
    ["acmeDirectory", "letsencrypt", 'is "letsencrypt"; wanted the https URL of an ACME directory, or "none".'],
    ["acmeDirectory", "", 'is ""; wanted the https URL of an ACME directory, or "none".'],
    [
      "acmeDirectory",
      "http://ca.test/dir",
      'is "http://ca.test/dir"; wanted the https URL of an ACME directory, or "none".',
    ],
    [
      "acmeStaging",
      "https://ca.test/'$(id)'",
      `is "https://ca.test/'$(id)'"; wanted the https URL of an ACME directory, or "none".`,
    ],
    ["acmeEmail", "hostmaster", 'is "hostmaster"; wanted a mail address, or nothing.'],
    ["acmeEmail", "a@b.test,c@d.test", 'is "a@b.test,c@d.test"; wanted a mail address, or nothing.'],
    ["acmeEmail", "$(id)@b.test", 'is "$(id)@b.test"; wanted a mail address, or nothing.'],
    ["developerKeys", "ssh-ed25519 AAAA", 'is "ssh-ed25519 AAAA"; wanted a list of public keys.'],
    ["developerKeys", '{"me":"ssh-ed25519 AAAA"}', 'is {"me":"ssh-ed25519 AAAA"}; wanted a list of public keys.'],
    ["sshFrom", "198.51.100.0/24", 'is "198.51.100.0/24"; wanted a list of CIDRs.'],
    ["sshFrom", "[", 'is "["; wanted a list of CIDRs.'],
    ["sshFrom", "[]", "is []; wanted at least one CIDR, or nobody can log in."],
    ["appEnv", "COLOUR=green", "is not usable; wanted a map of names to texts."],
    ["appEnv", '["green"]', "is not usable; wanted a map of names to texts."],
    ["appEnv", "null", "is not usable; wanted a map of names to texts."],
  ];
  for (const [setting, value, message] of refused)
    it(`refuse ${setting} = ${JSON.stringify(value)}`, () => {
      expect(faultsOf({ [`trivet:${setting}`]: value })).to.deep.equal([
        `Pulumi.oak.yaml: trivet:${setting} ${message}`,
      ]);
    });

  it("take an issuer of one's own, or none, and an account with or without an address", () => {
    expect(faultsOf({ "trivet:acmeDirectory": "none", "trivet:acmeStaging": "none", "trivet:acmeEmail": "" })).to.equal(
      undefined,
    );
    const own = { "trivet:acmeDirectory": "https://ca.trivet.test:9000/acme/acme/directory" };
    expect(faultsOf({ ...own, "trivet:acmeEmail": "host-master+acme@trivet.test" })).to.equal(undefined);
  });

  it("name the item of a list", () => {
    expect(
      faultsOf({
        "trivet:developerKeys": '["ssh-ed25519 AAAA me", "me", 3]',
        "trivet:sshFrom": '["198.51.100.0/24", "198.51.100.7"]',
      }),
    ).to.deep.equal([
      'Pulumi.oak.yaml: trivet:developerKeys[1] is "me"; wanted a public key as in authorized_keys, such as ssh-ed25519 AAAA… name.',
      "Pulumi.oak.yaml: trivet:developerKeys[2] is 3; wanted a public key as in authorized_keys, such as ssh-ed25519 AAAA… name.",
      'Pulumi.oak.yaml: trivet:sshFrom[1] is "198.51.100.7"; wanted a CIDR such as 198.51.100.0/24.',
    ]);
  });

  it("have a reason for every site that cannot be, and show them all", () => {
    const name = "a site's name: up to 31 lower-case letters, digits and hyphens, a letter first, and not main";
    const host = "a host name in lower case, such as app.your-company.com";
    const sites = {
      main: "a.trivet.test",
      Www: "b.trivet.test",
      ["a".repeat(32)]: "c.trivet.test",
      "a.b": "d.trivet.test",
      shop: "Shop.trivet.test",
      docs: ["e.trivet.test"],
      blog: "www.example.com",
      help: "app.trivet.test",
      www: "www.trivet.test",
      web: "www.trivet.test",
    };
    expect(faultsOf({ "trivet:sites": JSON.stringify(sites) })).to.have.members([
      `Pulumi.oak.yaml: trivet:sites.main is "a.trivet.test"; wanted ${name}.`,
      `Pulumi.oak.yaml: trivet:sites.Www is "b.trivet.test"; wanted ${name}.`,
      `Pulumi.oak.yaml: trivet:sites.${"a".repeat(32)} is "c.trivet.test"; wanted ${name}.`,
      `Pulumi.oak.yaml: trivet:sites["a.b"] is "d.trivet.test"; wanted ${name}.`,
      `Pulumi.oak.yaml: trivet:sites.shop is "Shop.trivet.test"; wanted ${host}.`,
      `Pulumi.oak.yaml: trivet:sites.docs is ["e.trivet.test"]; wanted ${host}.`,
      'Pulumi.oak.yaml: trivet:sites.blog is "www.example.com"; wanted a domain of your own, since nobody can own example.com and its like.',
      'Pulumi.oak.yaml: trivet:sites.help is "app.trivet.test", which trivet:domain is already; wanted a host name of its own.',
      'Pulumi.oak.yaml: trivet:sites.web is "www.trivet.test", which trivet:sites.www is already; wanted a host name of its own.',
    ]);
  });

  it("have a reason for every variable of the application, and never show its value", () => {
    const value = "hunter2";
    const env = {
      "1ST": value,
      "WITH SPACE": value,
      PORT: value,
      REDIS_2: value,
      LINES: `${value}\nB`,
      RETURN: `${value}\r`,
      LIST: [value],
    };
    expect(faultsOf({ "trivet:appEnv": JSON.stringify(env) })).to.have.members([
      "Pulumi.oak.yaml: trivet:appEnv.1ST is not usable; wanted a variable's name: letters, digits and underscores, no digit first.",
      `Pulumi.oak.yaml: trivet:appEnv["WITH SPACE"] is not usable; wanted a variable's name: letters, digits and underscores, no digit first.`,
      "Pulumi.oak.yaml: trivet:appEnv.LINES is not usable; wanted a text on one line, without control characters.",
      "Pulumi.oak.yaml: trivet:appEnv.RETURN is not usable; wanted a text on one line, without control characters.",
      "Pulumi.oak.yaml: trivet:appEnv.LIST is not usable; wanted a text on one line, without control characters.",
      "Pulumi.oak.yaml: trivet:appEnv.PORT is set by the stack itself; wanted another name.",
      "Pulumi.oak.yaml: trivet:appEnv.REDIS_2 is set by the stack itself; wanted another name.",
    ]);
  });

  it("refuse a domain that is missing", () => {
    expect(faultsOf({}, {}, { config: { "digitalocean:token": "token" } })).to.deep.equal([
      "Pulumi.oak.yaml: trivet:domain is missing; wanted a host name in lower case, such as app.your-company.com.",
    ]);
  });

  it("refuse a key that is none, and say which there are", () => {
    const keys = Object.keys(schema.shape).map((key) => `trivet:${key}`);
    expect(faultsOf({ "trivet:wrokers": "3" })).to.deep.equal([
      `Pulumi.oak.yaml: trivet:wrokers is not a setting; Pulumi.yaml lists them: ${keys.join(", ")}.`,
    ]);
  });

  it("leave other namespaces alone", () => {
    expect(
      faultsOf({ "digitalocean:apiEndpoint": "http://127.0.0.1", "pulumi:disable-default-providers": "[]" }),
    ).to.equal(undefined);
  });

  it("refuse a range that another stack has, whole or in part", () => {
    const otherRanges = { elm: "10.20.0.0/24", fir: "10.20.0.128/25", yew: "10.21.0.0/24", new: "not yet set" };
    expect(faultsOf({}, {}, { otherRanges })).to.deep.equal([
      'Pulumi.oak.yaml: trivet:vpcCidr is "10.20.0.0/24", which overlaps 10.20.0.0/24 of the stack elm; wanted a range that no other stack uses.',
      'Pulumi.oak.yaml: trivet:vpcCidr is "10.20.0.0/24", which overlaps 10.20.0.128/25 of the stack fir; wanted a range that no other stack uses.',
    ]);
  });

  it("refuse to begin without a token, from the settings or the environment", () => {
    const config = { "trivet:domain": "app.trivet.test" };
    expect(faultsOf({}, {}, { config })).to.deep.equal([
      "Pulumi.oak.yaml: digitalocean:token is missing; set it with " +
        "`pulumi config set -s oak --secret digitalocean:token`, or set DIGITALOCEAN_TOKEN in the environment.",
    ]);
    expect(faultsOf({}, {}, { config, tokenInEnvironment: true })).to.equal(undefined);
  });

  it("show no secret", () => {
    const secret = "hunter2";
    const faults = faultsOf(
      {
        "digitalocean:token": "",
        "trivet:nodejsMirror": secret,
        "trivet:region": "Frankfurt",
        "trivet:unknown": secret,
        "trivet:appEnv": secret,
        "trivet:developerKeys": JSON.stringify([`-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}`]),
      },
      {},
      { secretKeys: new Set(["trivet:nodejsMirror", "trivet:unknown"]) },
    )!;
    expect(faults).to.have.length(6);
    expect(faults.join("\n")).not.to.include(secret);
    expect(faults).to.include(
      "Pulumi.oak.yaml: trivet:nodejsMirror is not usable; wanted a URL without a slash at its end.",
    );
    expect(faults).to.include(`Pulumi.oak.yaml: trivet:region is "Frankfurt"; wanted a region's slug such as fra1.`);
  });

  it("are the ones that Pulumi.yaml documents, each with a type, and a default unless only the user knows", () => {
    const { config } = parse(readFileSync("Pulumi.yaml", "utf8")) as {
      config: Record<string, Record<string, unknown>>;
    };
    expect(Object.keys(config)).to.deep.equal(Object.keys(schema.shape).map((key) => `trivet:${key}`));
    for (const [key, declaration] of Object.entries(config)) {
      expect(declaration, key).to.include.keys("type", "description");
      if (key !== "trivet:domain") expect(declaration, key).to.include.keys("default");
    }
  });
});

describe("a stack's shape", () => {
  const file = "stacks/oak.ts";
  const named = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `n${at}` }));
  const refused: [string, Partial<Shape>, string[]][] = [
    [
      "no nodes",
      { nodes: [] },
      [
        `${file}: nodes has 0 entries; wanted 1 to 9.`,
        `${file}: no node holds data; wanted an odd number of data nodes.`,
      ],
    ],
    [
      "ten nodes",
      { nodes: named(10).map((node, at) => ({ ...node, data: at < 3 })), nominated: "n0" },
      [`${file}: nodes has 10 entries; wanted 1 to 9.`],
    ],
    [
      "two data nodes",
      { nodes: named(2), nominated: "n0" },
      [`${file}: 2 nodes hold data; wanted an odd number, so that a majority exists when one is lost.`],
    ],
    [
      "no data nodes",
      { nodes: [{ name: "ash", data: false }] },
      [`${file}: no node holds data; wanted an odd number of data nodes.`],
    ],
    [
      "a nominated node that is none",
      { nominated: "fir" },
      [`${file}: nominated is "fir"; wanted one of the data nodes: ash, birch, cedar.`],
    ],
    [
      "a nominated node without data",
      { nodes: [{ name: "ash", data: false }, { name: "birch" }] },
      [`${file}: nominated is "ash"; wanted one of the data nodes: birch.`],
    ],
    [
      "a name twice",
      { nodes: [{ name: "ash" }, { name: "ash" }, { name: "ash" }] },
      [`${file}: there is more than one node "ash"; wanted a name of its own for each.`],
    ],
    ...["Ash", "9th", "ash-", "a_b", "", "a".repeat(33), "ash.local"].map(
      (name): [string, Partial<Shape>, string[]] => [
        `the name ${JSON.stringify(name)}`,
        { nodes: [{ name }], nominated: name },
        [
          `${file}: the node name ${JSON.stringify(name)} is not usable; wanted up to 32 lower-case letters, digits and hyphens, a letter first and no hyphen last.`,
        ],
      ],
    ),
    [
      "a size that DigitalOcean does not have",
      { nodes: [{ name: "ash", size: "huge" }] },
      [`${file}: ash's size is "huge"; wanted one of ${sizes}.`],
    ],
    [
      "a size that is too small",
      { nodes: [{ name: "ash", size: "s-1vcpu-512mb-10gb" }] },
      [`${file}: ash's size is "s-1vcpu-512mb-10gb"; wanted at least 1024 MiB of memory: ${sizes}.`],
    ],
  ];
  for (const [what, shape, messages] of refused)
    it(`is refused with ${what}`, () => {
      expect(faultsOf({}, shape)).to.deep.equal(messages);
    });

  it("is found wrong together with the settings, all at once", () => {
    const faults = faultsOf(
      {
        "trivet:domain": "none",
        "trivet:workers": "0",
        "trivet:colour": "green",
        "trivet:appEnv": '{"PORT":"1"}',
        "digitalocean:token": "",
      },
      { nodes: [{ name: "Ash" }, { name: "birch" }], nominated: "birch" },
      { otherRanges: { elm: "10.20.0.0/24" } },
    )!;
    expect(faults.map((fault) => fault.replace(/^(\S+ \S+ \S+).*/s, "$1"))).to.deep.equal([
      "Pulumi.oak.yaml: trivet:colour is",
      "Pulumi.oak.yaml: trivet:domain is",
      "Pulumi.oak.yaml: trivet:workers is",
      "Pulumi.oak.yaml: trivet:appEnv.PORT is",
      "Pulumi.oak.yaml: trivet:vpcCidr is",
      "stacks/oak.ts: the node",
      "stacks/oak.ts: 2 nodes",
      "Pulumi.oak.yaml: digitalocean:token is",
    ]);
  });
});

describe("a stack", () => {
  it("must be one that stacks/ has", () => {
    for (const name of ["production", "constructor"])
      expect(readStack({ name, config: good, tokenInEnvironment: false })).to.deep.equal({
        faults: [
          `There is no stack "${name}": stacks/ has local, prod, staging. Add stacks/${name}.ts and name it in stacks/stack.ts for a new one.`,
        ],
      });
  });

  for (const [name, protect, vpcCidr] of [
    ["prod", true, "10.20.0.0/24"],
    ["staging", false, "10.21.0.0/24"],
    ["local", false, "10.22.0.0/24"],
  ] as const)
    it(`${name} is three identical nodes for 30 dollars a month`, () => {
      const outcome = readStack({ name, config: { ...configOf(name), ...good }, tokenInEnvironment: false });
      if ("faults" in outcome) throw new Error(outcome.faults.join("\n"));
      const { settings, ...stack } = outcome.stack;
      const node = { size: "s-1vcpu-1gb", memoryMiB: 1024, data: true };
      expect(stack).to.deep.equal({
        name,
        nodes: [
          { name: "ash", ...node },
          { name: "birch", ...node },
          { name: "cedar", ...node },
        ],
        nominated: "ash",
        protect,
        monthlyCostUsd: 30,
      });
      expect(settings).to.include({
        domain: "app.trivet.test",
        region: "fra1",
        vpcCidr,
        workers: 2,
        uploadLimitMiB: 10,
      });
      expect(settings).to.deep.include(
        name === "local"
          ? { sites: { www: "www.trivet.test", admin: "admin.trivet.test" }, connectionsPerClient: 65535 }
          : { sites: {}, requestsPerSecond: 50, connectionsPerClient: 100 },
      );
      expect(settings).to.deep.include({ developerKeys: [], sshFrom: ["0.0.0.0/0", "::/0"], appEnv: {} });
    });

  it("asks for a domain of one's own before prod and staging can be built", () => {
    for (const [name, domain] of [
      ["prod", "app.example.com"],
      ["staging", "staging.example.com"],
    ] as const)
      expect(readStack({ name, config: configOf(name), tokenInEnvironment: true })).to.deep.equal({
        faults: [
          `Pulumi.${name}.yaml: trivet:domain is "${domain}"; wanted a domain of your own, since nobody can own example.com and its like.`,
        ],
      });
    expect(readStack({ name: "local", config: configOf("local"), tokenInEnvironment: true })).to.have.key("stack");
  });

  it("takes sizes from its shape first, and adds up what it costs", () => {
    const nodes = [
      { name: "ash", size: "s-4vcpu-8gb" },
      { name: "birch", data: false },
    ];
    const outcome = readStack({
      name: "oak",
      config: {
        ...good,
        "trivet:nodeSize": "s-1vcpu-2gb",
        "trivet:workers": "4",
        "trivet:appEnv": '{"COLOUR":"a\\tb ü"}',
      },
      tokenInEnvironment: false,
      shapes: { oak: { ...three, nodes } },
    });
    if ("faults" in outcome) throw new Error(outcome.faults.join("\n"));
    expect(outcome.stack.nodes).to.deep.equal([
      { name: "ash", size: "s-4vcpu-8gb", memoryMiB: 8192, data: true },
      { name: "birch", size: "s-1vcpu-2gb", memoryMiB: 2048, data: false },
    ]);
    expect(outcome.stack.monthlyCostUsd).to.equal(48 + 12 + 12);
    expect(outcome.stack.settings.workers).to.equal(4);
    expect(outcome.stack.settings.appEnv).to.deep.equal({ COLOUR: "a\tb ü" });
  });
});
