import * as path from "node:path";

/** The checkout that this command belongs to. */
export const projectRoot = path.resolve(__dirname, "..");
