import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { Books } from "../../../local/api/books";

describe("the books", () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "trivet-books-"));
    file = path.join(directory, "books.json");
  });

  afterEach(() => fs.rmSync(directory, { recursive: true }));

  it("are read again as they were written, and by their owner only", () => {
    Books.open(directory).change((records) => records.tags.push("web"));
    expect(Books.open(directory).now.tags).to.deep.equal(["web"]);
    expect(fs.statSync(file).mode & 0o777).to.equal(0o600);
    expect(fs.readdirSync(directory)).to.deep.equal(["books.json"]);
  });

  it("stay as they were when a change fails half way", () => {
    const books = Books.open(directory);
    const fail = () =>
      books.change((records) => {
        records.tags.push("half");
        throw new Error("no");
      });
    expect(fail).to.throw("no");
    expect(books.now.tags).to.deep.equal([]);
    expect(Books.open(directory).now.tags).to.deep.equal([]);
  });

  it("stay as they were when the disk refuses the write", () => {
    const books = Books.open(directory);
    fs.mkdirSync(`${file}.new`);
    expect(() => books.change((records) => records.tags.push("web"))).to.throw("EISDIR");
    expect(books.now.tags).to.deep.equal([]);
  });

  const unusable: [string, string, string][] = [
    ["are no JSON", '{"schemaVersion": 1, "vpcs": [', "are not JSON"],
    ["are of another version", '{"schemaVersion": 99}', "schemaVersion"],
    ["lack a part", '{"schemaVersion": 1}', "cannot be used"],
  ];
  for (const [what, content, message] of unusable) {
    it(`name the file and leave it alone if they ${what}`, () => {
      fs.writeFileSync(file, content);
      expect(() => Books.open(directory))
        .to.throw(message)
        .with.property("message")
        .that.includes(file);
      expect(fs.readFileSync(file, "utf8")).to.equal(content);
    });
  }
});
