import * as fs from "node:fs";
import * as path from "node:path";
import { emptyRecords, recordsSchema, type Records } from "./records";

/**
 * The account's books: one JSON file that is whole at every moment, whatever dies. The file holds user data and thus
 * host keys, so only its owner can read it.
 */
export class Books {
  private constructor(
    private readonly file: string,
    private records: Records,
  ) {}

  /**
   * Opens the books in a directory, or begins new ones where there are none.
   * @throws Error naming the file if it is there but cannot be read as books; it is left as it is.
   */
  static open(directory: string): Books {
    fs.mkdirSync(directory, { recursive: true });
    const file = path.join(directory, "books.json");
    if (fs.existsSync(file)) return new Books(file, parse(file));
    const books = new Books(file, emptyRecords());
    books.write(books.records);
    return books;
  }

  /** The records as they are; change them only in `change`. */
  get now(): Readonly<Records> {
    return this.records;
  }

  /** Changes the records and has them on disk before it returns. If the edit or the write throws, nothing has changed. */
  change<T>(edit: (records: Records) => T): T {
    const draft = structuredClone(this.records);
    const result = edit(draft);
    this.write(draft);
    this.records = draft;
    return result;
  }

  private write(records: Records): void {
    const draft = `${this.file}.new`;
    const descriptor = fs.openSync(draft, "w", 0o600);
    try {
      fs.writeFileSync(descriptor, JSON.stringify(records, null, 1));
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(draft, this.file);
    const directory = fs.openSync(path.dirname(this.file), "r");
    try {
      fs.fsyncSync(directory);
    } finally {
      fs.closeSync(directory);
    }
  }
}

function parse(file: string): Records {
  let json: unknown;
  try {
    json = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`The local cloud's books ${file} are not JSON. Repair or remove the file.`, { cause: error });
  }
  const result = recordsSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Error(
    `The local cloud's books ${file} cannot be used: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown form"}. ` +
      "Repair or remove the file.",
  );
}
