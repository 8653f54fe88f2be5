import { expect } from "chai";
import { previewedScripts, scriptNamed } from "../../../cli/commands/render";

const command = (name: string, stdin: unknown, type = "command:remote:Command") => ({
  urn: `urn:pulumi:local::trivet::trivet:role:nginx$${type}::${name}`,
  type,
  inputs: { stdin },
});

const preview = JSON.stringify({
  steps: [
    { op: "same", newState: command("ash-nginx", "apply\n") },
    { op: "update", newState: command("ash-redis", "new") },
    { op: "create", newState: command("birch-nginx", "04da6b54-80e4-46f7-96ec-b56ff0331ba9") },
    { op: "delete", newState: command("oak-nginx", "gone") },
    { op: "create", newState: command("ash-secrets", { "4dabf18193072939515e22adb298388d": "secret" }) },
    { op: "same", newState: command("ash-base", "not a command", "digitalocean:index/droplet:Droplet") },
    { op: "same" },
  ],
});

describe("render", () => {
  const scripts = previewedScripts(preview);

  it("prints what would run, ending in a newline", () => {
    expect(scriptNamed(scripts, "nginx", "ash")).to.equal("apply\n");
    expect(scriptNamed(scripts, "redis", "ash")).to.equal("new\n");
  });

  it("has nothing of what is secret, deleted or no command", () => {
    for (const [role, node] of [
      ["secrets", "ash"],
      ["nginx", "oak"],
      ["base", "ash"],
    ] as const) {
      expect(() => scriptNamed(scripts, role, node)).to.throw(`There is no role "${role}" with a readable script`);
    }
  });

  it("says what there is", () => {
    expect(() => scriptNamed(scripts, "nginx", "elm")).to.throw("there are ash-nginx, ash-redis and birch-nginx.");
  });

  it("says when it cannot be known yet", () => {
    expect(() => scriptNamed(scripts, "nginx", "birch")).to.throw('run "pulumi up" first');
  });
});
