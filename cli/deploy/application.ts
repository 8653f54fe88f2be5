import * as path from "node:path";
import { build } from "./build";
import { contentHash, ownFolder, releaseFiles, sizeOf } from "./files";
import { cannotBeDeployed, releaseFaults, siteFolder, type Manifest } from "./manifest";
import { siteConfig } from "./sites";

/** What a release is made of. */
export interface Application {
  name: string;
  /** Absolute: not every command that reads it is started here. */
  directory: string;
  /** Relative to the directory, sorted. */
  files: readonly string[];
  /** What the deploy adds to a release, by its path there. */
  own: Record<string, string>;
  hash: string;
  bytes: number;
  migrate: string | undefined;
  /** The release's folders that sites are served from, by the site's name. */
  siteFolders: Record<string, string>;
}

/**
 * Builds an application and gathers what belongs to a release of it. `sites`: the names of the stack's sites.
 * @throws UserError when the build fails, and with everything that is wrong with what it has made
 */
export async function prepare(
  place: string,
  manifest: Manifest,
  { sites, report }: { sites: readonly string[]; report?: (line: string) => void },
): Promise<Application> {
  const directory = path.resolve(place);
  if (manifest.build !== undefined) await build(directory, manifest.build, report);
  const files = await releaseFiles(directory, manifest.include);
  const faults = releaseFaults(directory, manifest, files, sites);
  if (faults.length > 0) throw cannotBeDeployed(directory, faults);
  const own = ownFiles(directory, manifest, sites);
  return {
    name: manifest.name,
    directory,
    files,
    own,
    hash: contentHash(directory, files, own),
    bytes: sizeOf(directory, files),
    migrate: manifest.migrate,
    siteFolders: siteFoldersOf(manifest),
  };
}

function siteFoldersOf({ sites }: Manifest): Record<string, string> {
  const folders = Object.entries(sites).map(([site, entry]) => [site, siteFolder(entry)] as const);
  return Object.fromEntries(folders.flatMap(([site, folder]) => (folder === undefined ? [] : [[site, folder]])));
}

function ownFiles(directory: string, manifest: Manifest, sites: readonly string[]): Record<string, string> {
  const { name, start, check } = manifest;
  const configs = sites.map((site): [string, string] => [
    `${ownFolder}/sites/${site}.conf`,
    siteConfig(site, manifest.sites[site], { directory }),
  ]);
  return {
    [`${ownFolder}/start`]: `${start.trim()}\n`,
    [`${ownFolder}/release.json`]: `${JSON.stringify({ name, check })}\n`,
    ...Object.fromEntries(configs),
  };
}
