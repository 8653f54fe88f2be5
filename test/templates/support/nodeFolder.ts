import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { ScriptFile } from "../../support/scriptFiles";

/** A folder of a test's own that stands for a node: its scripts find their places in there. */
export class NodeFolder {
  readonly root = mkdtempSync(path.join(tmpdir(), "trivet-node-"));

  /** @param places where the scripts look on a node */
  constructor(private readonly places: readonly string[]) {}

  at(file: string): string {
    return path.join(this.root, file);
  }

  /** A script's text, with the places' names changed. */
  own(text: string): string {
    return this.places.reduce((known, place) => known.replaceAll(place, this.at(place)), text);
  }

  put(file: string, text: string, mode = "0644"): void {
    mkdirSync(path.dirname(this.at(file)), { recursive: true });
    writeFileSync(this.at(file), text);
    chmodSync(this.at(file), Number.parseInt(mode, 8));
  }

  /** Puts what a role's script makes into place. */
  lay(files: Record<string, ScriptFile>): void {
    for (const [file, { content, mode }] of Object.entries(files)) {
      this.put(file, this.own(content), mode);
    }
  }

  read(file: string): string {
    return readFileSync(this.at(file), "utf8");
  }

  /** What stand-ins for programs have noted in that file. */
  lines(file: string): string[] {
    return existsSync(this.at(file)) ? this.read(file).trimEnd().split("\n") : [];
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
