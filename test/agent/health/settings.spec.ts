import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { readStoreAccess } from "../../../agent/health/settings";
import { runProgram } from "../../support/program";

describe("with what an agent looks at the stores", () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "trivet-access-"));
    file = path.join(dir, "health.json");
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("is nothing where there is no file", async () => expect(await readStoreAccess(file)).to.equal(null));

  it("is what the role secrets writes on every node", async () => {
    const run = await runProgram("local");
    for (const node of ["ash", "birch", "cedar"]) {
      const script = String(run.named(`${node}-secrets`).inputs.stdin);
      writeFileSync(
        file,
        /^file 0400 postgres:postgres \/etc\/trivet\/agent\/health\.json <<.*\n(.*)\n/m.exec(script)![1]!,
      );
      expect(await readStoreAccess(file)).to.deep.equal({
        database: { user: "monitor", password: "TOP-SECRET-password-postgres-monitor" },
        redis: {
          ...{ username: "monitor", password: "TOP-SECRET-password-redis-monitor" },
          ...{ sentinelUsername: "client", sentinelPassword: "TOP-SECRET-password-sentinel-client" },
        },
      });
    }
  });

  it("is not shown when it cannot be read", async () => {
    writeFileSync(file, '{"database":{"password":"hunter2"');
    const message = await readStoreAccess(file).catch((error: Error) => error.message);
    expect(message).to.equal(`${file} is not JSON.`);
  });
});
