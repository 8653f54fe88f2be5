import { expect } from "chai";
import { getCertificate } from "../../local/certificates";
import type { Machine } from "../../local/fabric";

const machine = (name: string, state: Machine["state"] = "active"): Machine => ({
  ...{ name, state, publicIp: "198.51.100.9", privateIp: "10.22.0.9", leaderPid: state === "active" ? 1 : null },
});
const reason = "it is the private authority's";

/** Nodes that answer to the two commands; each has the certificate after so many attempts. */
function nodes(attempts: Record<string, number>) {
  const asked: string[] = [];
  const run = ({ name }: Machine, command: string) => {
    if (!command.includes("renew")) {
      const wants = asked.filter((it) => it === name).length < attempts[name]! ? reason : null;
      return Promise.resolve(JSON.stringify({ wantsAnother: wants }));
    }
    asked.push(name);
    return Promise.resolve("first line\nthe sites' certificate could not be ordered: no way");
  };
  return { asked, run };
}

describe("the sites' certificate in the local cloud", () => {
  it("is got by each node in order, once", async () => {
    const { asked, run } = nodes({ ash: 1, birch: 1 });
    await getCertificate([machine("ash"), machine("birch")], { run });
    expect(asked).to.deep.equal(["ash", "birch"]);
  });

  it("is ordered by one node alone, and then taken over by all others at once", async () => {
    const { run } = nodes({ ash: 99, birch: 1, cedar: 1, dogwood: 1 });
    const open = new Set<string>();
    const together: number[] = [];
    const slowly = async (node: Machine, command: string) => {
      if (!command.includes("renew")) return run(node, command);
      open.add(node.name);
      await new Promise(setImmediate);
      together.push(open.size);
      open.delete(node.name);
      return run(node, command);
    };
    const machines = ["ash", "birch", "cedar", "dogwood"].map((name) => machine(name));
    await getCertificate(machines, { run: slowly, patience: 1 }).catch(() => undefined);
    expect(together).to.deep.equal([1, 1, 2, 1]);
  });

  it("is asked for again while a node does not have it", async function () {
    this.timeout(10_000);
    const { asked, run } = nodes({ ash: 2, birch: 1 });
    await getCertificate([machine("ash"), machine("birch")], { run });
    expect(asked).to.deep.equal(["ash", "birch", "ash", "birch"]);
  });

  it("is not waited for on a machine that is off", async () => {
    const { asked, run } = nodes({ ash: 1, birch: 99 });
    await getCertificate([machine("ash"), machine("birch", "off")], { run });
    expect(asked).to.deep.equal(["ash"]);
  });

  it("fails with the node's last words", async () => {
    const { run } = nodes({ ash: 99 });
    const fault = await getCertificate([machine("ash")], { run, patience: 1 }).catch(String);
    expect(fault).to.equal(
      "Error: no public certificate for the sites: the sites' certificate could not be ordered: no way",
    );
  });
});
