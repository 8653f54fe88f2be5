import * as fs from "node:fs";
import * as path from "node:path";

const mainFile = path.join(__dirname, "main.ts");
const fileIn = (stateDir: string) => path.join(stateDir, "api.pid");

/** The process that serves the API from this state directory, if one runs. A number left by a dead process counts as none. */
export function apiProcess(stateDir: string): number | undefined {
  try {
    const pid = Number(fs.readFileSync(fileIn(stateDir), "utf8"));
    const [...words] = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return words.includes(mainFile) && words.includes(stateDir) ? pid : undefined;
  } catch {
    return undefined;
  }
}

export function writePid(stateDir: string): void {
  fs.writeFileSync(fileIn(stateDir), `${process.pid}\n`);
}

export function removePid(stateDir: string): void {
  if (apiProcess(stateDir) === process.pid) fs.rmSync(fileIn(stateDir), { force: true });
}
