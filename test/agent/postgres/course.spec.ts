import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { conninfo, courseText, readCourse, slotName, writeCourse } from "../../../agent/postgres/course";
import type { Course } from "../../../agent/postgres/database";

const nodes = [
  { name: "ash", ip: "10.22.0.11", data: true },
  { name: "old-oak-2", ip: "10.22.0.12", data: true },
];
const nobody: Course = { follow: null, synchronousStandbyNames: "" };
const members: Course = { follow: null, synchronousStandbyNames: 'ANY 1 ("ash", "old-oak-2")' };

/** What PostgreSQL takes from the file: each setting's value, without its quotes. */
const settings = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^(\w+) = '(.*)'$/gm)].map(([, name, value]) => [name!, value!]));

describe("the course as PostgreSQL's settings", () => {
  it("has a standby follow its leader, under its own name, with its slot", () => {
    const text = courseText({ follow: "ash", synchronousStandbyNames: "" }, "old-oak-2", nodes);
    expect(settings(text)).to.deep.equal({
      primary_conninfo: `${conninfo("10.22.0.11")} application_name=old-oak-2`,
      primary_slot_name: "old_oak_2_0",
      synchronous_standby_names: "",
    });
  });

  it("has a standby without a leader follow nobody", () => {
    expect(settings(courseText(nobody, "ash", nodes))).to.deep.equal({
      primary_conninfo: "",
      primary_slot_name: "",
      synchronous_standby_names: "",
    });
  });

  it("has a node whose leader is none of the stack's any more follow nobody", () => {
    const text = courseText({ follow: "elm", synchronousStandbyNames: "" }, "ash", nodes);
    expect(settings(text)).to.include({ primary_conninfo: "", primary_slot_name: "" });
  });

  it("has a primary's commits wait for its members", () => {
    expect(settings(courseText(members, "ash", nodes))).to.include({
      primary_conninfo: "",
      synchronous_standby_names: 'ANY 1 ("ash", "old-oak-2")',
    });
  });

  it("trusts nobody but the node with the certificate, and knows the password by a file", () => {
    expect(conninfo("10.22.0.11")).to.include("host=10.22.0.11 ").and.to.include("sslmode=verify-full");
    expect(conninfo("10.22.0.11"))
      .to.include("passfile=")
      .and.not.to.match(/password=/);
  });

  it("names a slot as PostgreSQL allows it", () => {
    for (const name of ["ash", "old-oak-2", "a-b-c"]) expect(slotName(name)).to.match(/^[a-z0-9_]+$/);
  });
});

describe("the course's file", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "trivet-course-"));
    file = path.join(folder, "course.conf");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const course of [
    nobody,
    members,
    { follow: "ash", synchronousStandbyNames: "" },
    { follow: "elm", synchronousStandbyNames: "" },
  ])
    it(`gives back ${JSON.stringify(course)}`, async () => {
      await writeCourse(file, courseText(course, "old-oak-2", nodes));
      expect(await readCourse(file)).to.deep.equal(course);
    });

  it("is nobody's course before it was written", async () => {
    expect(await readCourse(file)).to.deep.equal(nobody);
  });

  it("is replaced as a whole, readable by its owner alone", async () => {
    await writeCourse(file, courseText(members, "ash", nodes));
    await writeCourse(file, courseText(nobody, "ash", nodes));
    expect(readFileSync(file, "utf8")).to.equal(courseText(nobody, "ash", nodes));
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(["course.conf"]);
  });

  it("survives that writing the next one broke off", async () => {
    await writeCourse(file, courseText(members, "ash", nodes));
    writeFileSync(`${file}.new`, courseText(nobody, "ash", nodes).slice(0, 40));
    expect(await readCourse(file)).to.deep.equal(members);
    await writeCourse(file, courseText({ follow: "old-oak-2", synchronousStandbyNames: "" }, "ash", nodes));
    expect(await readCourse(file)).to.include({ follow: "old-oak-2" });
    expect(existsSync(`${file}.new`)).to.equal(false);
  });
});
