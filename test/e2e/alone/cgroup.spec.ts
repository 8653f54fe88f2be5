import { rmdir } from "node:fs/promises";
import { expect } from "chai";
import { groupDirs, makeGroup, pidsOf, removeGroup } from "../../../local/fabric/cgroup";

describe("the local cloud's groups of processes", function () {
  this.timeout(60_000);

  after(async () => {
    await removeGroup("churn");
    // And the family's own group, unless a local cloud lives in it: the kernel refuses then.
    for (const dir of groupDirs("")) await rmdir(dir).catch(() => undefined);
  });

  it("are read while some of them come and go", async () => {
    await makeGroup("churn");
    let changing = true;
    const churn = Promise.all(
      Array.from({ length: 4 }, async (_, at) => {
        while (changing) {
          await makeGroup(`churn/${at}/below`);
          await removeGroup(`churn/${at}`);
        }
      }),
    );
    try {
      for (let reading = 0; reading < 500; reading++) expect(await pidsOf("churn")).to.deep.equal([]);
    } finally {
      changing = false;
      await churn;
    }
  });
});
