import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { NginxLog, timeOf } from "../../../cli/logs/nginxLog";
import { splitLines } from "../../../cli/lines";
import { folderWith } from "../support/folder";

const access = (second: string, uri = "/") => `{"time":"2026-11-21T07:45:${second}+00:00","uri":"${uri}"}`;
const error = (second: string, text = "x") => `2026/11/21 07:45:${second} [error] 7#7: ${text}`;
const at = (second: number) => new Date(Date.parse("2026-11-21T07:45:00Z") + second * 1000);

describe("a line of nginx'", () => {
  for (const [line, time] of [
    [access("01"), at(1)],
    [error("01"), at(1)],
    [access("01.250"), new Date(at(1).getTime() + 250)],
    ['{"time":"2026-11-21T08:45:01+01:00"}', at(1)],
  ] as const) {
    it(`tells its time: ${line}`, () => expect(timeOf(line)).to.equal(time.getTime()));
  }

  it("may have none", () => expect(timeOf("no time")).to.equal(undefined));
});

describe("nginx' log", () => {
  let file: string;
  let log: NginxLog;

  beforeEach(() => {
    file = path.join(folderWith({}), "access.log");
    log = new NginxLog("ash", file);
  });

  const write = (name: string, ...lines: string[]) => writeFileSync(name, lines.map((line) => `${line}\n`).join(""));
  const printed = (command: string) =>
    execFileSync("bash", ["-c", command], { encoding: "utf8" }).split("\n").slice(0, -1);
  const read = (lines: string[]) => lines.flatMap((line) => log.read(line)?.message ?? []);

  it("is read to its end, the one that it was rotated to before it", () => {
    write(`${file}.1`, access("01"), access("02"));
    write(file, access("03"), access("04"));
    expect(printed(log.past({}))).to.deep.equal(["01", "02", "03", "04"].map((second) => access(second)));
    expect(printed(log.past({ lines: 3 }))).to.deep.equal(["02", "03", "04"].map((second) => access(second)));
  });

  it("is read from a time on, in both files and both forms", () => {
    write(`${file}.1`, error("01"), error("02"), "  a line more");
    write(file, access("03"), access("04"));
    expect(printed(log.past({ since: at(2) }))).to.deep.equal([
      error("02"),
      "  a line more",
      access("03"),
      access("04"),
    ]);
    expect(printed(log.past({ since: at(4) }))).to.deep.equal([access("04")]);
    expect(printed(log.past({ since: at(5) }))).to.deep.equal([]);
  });

  it("leaves a rotated file alone that was last written too early", () => {
    write(`${file}.1`, access("09"));
    utimesSync(`${file}.1`, at(0), at(0));
    write(file, access("03"));
    expect(printed(log.past({ since: at(1) }))).to.deep.equal([access("03")]);
  });

  it("may not be there yet", () => expect(printed(log.past({ lines: 3 }))).to.deep.equal([]));

  it("belongs to nginx, a line without a time to the one before it", () => {
    expect(log.read("no time")).to.equal(undefined);
    log.read(error("01"));
    expect(log.read("  a line more")).to.deep.equal({
      ...{ node: "ash", service: "nginx", time: at(1).getTime(), message: "  a line more" },
    });
  });

  describe("when it is followed", () => {
    let child: ReturnType<typeof spawn> | undefined;
    afterEach(() => child?.kill());

    const following = (command: string) => {
      const running = spawn("bash", ["-c", command], { stdio: ["ignore", "pipe", "inherit"] });
      child = running;
      const lines = splitLines(running.stdout);
      return async (count: number) => {
        const taken: string[] = [];
        while (taken.length < count) {
          const line = await lines.next();
          const entry = log.read(String(line.value));
          if (entry) taken.push(entry.message);
        }
        return taken;
      };
    };

    it("goes on where it was read to, without a gap and nothing twice", async () => {
      write(file, access("01"), access("02", "/a"), access("02", "/b"));
      expect(read(printed(log.past({ lines: 100 })))).to.have.length(3);
      appendFileSync(file, `${access("02", "/c")}\n${access("03")}\n`);
      const take = following(log.next({ lines: 100 }));
      expect(await take(2)).to.deep.equal([access("02", "/c"), access("03")]);
      appendFileSync(file, `${access("03")}\n`);
      expect(await take(1)).to.deep.equal([access("03")]);
    });

    it("goes on over a rotation, be it before or while it is followed", async () => {
      write(file, access("01"));
      read(printed(log.past({})));
      appendFileSync(file, `${access("02")}\n`);
      renameSync(file, `${file}.1`);
      write(file, access("03"));
      const take = following(log.next({}));
      expect(await take(2)).to.deep.equal([access("02"), access("03")]);
      renameSync(file, `${file}.1`);
      write(file, access("04"));
      expect(await take(1)).to.deep.equal([access("04")]);
    });

    it("begins with the latest lines where it was never read", async () => {
      write(file, access("01"), access("02"));
      const take = following(log.next({ lines: 1 }));
      expect(await take(1)).to.deep.equal([access("02")]);
    });

    it("waits for a file that is not there yet", async () => {
      const take = following(log.next({ lines: 1 }));
      write(file, access("01"));
      expect(await take(1)).to.deep.equal([access("01")]);
      expect(readFileSync(file, "utf8")).to.equal(`${access("01")}\n`);
    });
  });
});
