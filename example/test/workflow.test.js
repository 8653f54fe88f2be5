import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { URL } from "node:url";
import { parse } from "yaml";

const read = (name) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
const workflow = parse(read(".github/workflows/deploy.yml"));
const { packageManager, scripts } = JSON.parse(read("package.json"));
const { test, deploy } = workflow.jobs;
const commandsOf = (job) => job.steps.flatMap(({ run }) => run ?? []);

describe("the workflow", () => {
  it("tests pull requests, and deploys what is on main after the same tests", () => {
    assert.ok("pull_request" in workflow.on);
    assert.deepEqual(workflow.on.push.branches, ["main"]);
    assert.equal(test.if, undefined);
    assert.equal(deploy.if, "github.event_name == 'push'");
    assert.equal(deploy.needs, "test");
  });

  it("may read the repository and nothing more, and leaves no token behind", () => {
    assert.deepEqual(workflow.permissions, { contents: "read" });
    for (const job of [test, deploy]) {
      assert.equal(job.permissions, undefined);
      const checkouts = job.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
      for (const step of checkouts) assert.equal(step.with["persist-credentials"], false);
    }
  });

  it("never cuts a deploy off for the next one", () => {
    assert.deepEqual(deploy.concurrency, { group: "deploy-production", "cancel-in-progress": false });
  });

  it("hands no secret to a pull request, and none to a command line", () => {
    assert.doesNotMatch(JSON.stringify(test), /secrets\./);
    for (const command of commandsOf(deploy)) assert.doesNotMatch(command, /\$\{\{/);
  });

  it("writes the outputs for itself alone before it deploys and asks the sites, and removes them whatever happens", () => {
    const commands = commandsOf(deploy);
    const at = (pattern) => commands.findIndex((command) => pattern.test(command));
    const order = [
      /^umask 077\n.*> "\$RUNNER_TEMP\/outputs.json"/s,
      /trivet deploy .* --outputs/,
      /yarn smoke/,
      /^rm -f/,
    ];
    const places = order.map(at);
    assert.ok(!places.includes(-1), String(places));
    assert.deepEqual(
      [...places].sort((a, b) => a - b),
      places,
    );
    assert.equal(deploy.steps.at(-1).if, "always()");
  });

  it("uses the yarn of package.json and scripts that there are", () => {
    const version = packageManager.replace("yarn@", "");
    for (const job of [test, deploy]) {
      const commands = commandsOf(job);
      assert.ok(commands.includes(`npm install --global @yarnpkg/cli-dist@${version}`));
      for (const [, name] of commands.join("\n").matchAll(/^yarn (\w+)/gm)) {
        if (name !== "install") assert.ok(name in scripts, name);
      }
    }
  });
});
