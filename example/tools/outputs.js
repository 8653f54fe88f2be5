import { readFileSync } from "node:fs";

/**
 * What this repository uses of a stack's outputs; `npx trivet outputs --types` prints all of them.
 *
 * @typedef {object} Outputs
 * @property {number} schemaVersion the form of the outputs; 1 is the one that this file knows
 * @property {string} loadBalancerIp the public IPv4 address of all sites
 * @property {Record<string, string>} sites the host name of each site, by the site's name; one is "main"
 * @property {string} caCertificate PEM; the stack's own authority, which signs where there is no public certificate
 */

const isText = (value) => typeof value === "string" && value !== "";

const wanted = {
  schemaVersion: [(value) => value === 1, "the number 1"],
  loadBalancerIp: [isText, "an address"],
  sites: [
    (value) => typeof value === "object" && isText(value?.main) && Object.values(value).every(isText),
    'host names by site, with "main" among them',
  ],
  caCertificate: [(value) => isText(value) && value.includes("BEGIN CERTIFICATE"), "a certificate in PEM"],
};

/**
 * Reads the file that `npx trivet outputs > FILE` wrote. Throws one error with everything that is wrong there. No value
 * is quoted: the file holds the stack's key.
 *
 * @param {string} file
 * @returns {Outputs}
 */
export function readOutputs(file) {
  const outputs = parsed(file);
  const faults = Object.entries(wanted)
    .filter(([name, [holds]]) => !holds(outputs?.[name]))
    .map(
      ([name, [, what]]) => `${name} is ${outputs?.[name] === undefined ? "missing" : "another thing"}; wanted ${what}`,
    );
  if (faults.length > 0) throw new Error(`${file} does not hold a stack's outputs:\n  - ${faults.join("\n  - ")}`);
  return outputs;
}

function parsed(file) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`${file} cannot be read (${error.code})`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause, which quotes the text.
    throw new Error(`${file} is not JSON`);
  }
}
