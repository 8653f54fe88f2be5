import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { cacheDir } from "../../../local/paths";
import { TestCloud, token } from "./testCloud";

const run = promisify(execFile);
const release = "0.44.0";

/** A Python with DigitalOcean's own client, made once and kept in the cache. */
async function pythonWithPydo(): Promise<string> {
  const venv = path.join(cacheDir, `pydo-${release}`);
  const ready = path.join(venv, "ready");
  if (!fs.existsSync(ready)) {
    await run("python3", ["-m", "venv", "--clear", venv]);
    await run(path.join(venv, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", `pydo==${release}`]);
    fs.writeFileSync(ready, "");
  }
  return path.join(venv, "bin/python");
}

describe("DigitalOcean's Python client", () => {
  const cloud = new TestCloud();
  let python: string;

  before(async function () {
    this.timeout(180_000);
    python = await pythonWithPydo();
    await cloud.start();
  });
  after(() => cloud.remove());

  it("walks through every family of the API", async function () {
    this.timeout(60_000);
    const env = { PATH: process.env.PATH, TRIVET_API_URL: cloud.url, TRIVET_API_TOKEN: token };
    await run(python, [path.join(__dirname, "walk.py")], { env, timeout: 55_000 });
  });
});
