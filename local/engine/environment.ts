import { readFileSync } from "node:fs";
import * as path from "node:path";
import { apiUrl, paths } from "../paths";

/**
 * What makes the plain `pulumi` command work on the local stack: a file backend, a passphrase, the plugins and the
 * address of the API. The token is only there once the local cloud has one.
 */
export function engineEnvironment(binDir: string): Record<string, string> {
  const token = contentOf(paths.token);
  return {
    PULUMI_BACKEND_URL: `file://${paths.backend}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: paths.passphrase,
    PULUMI_HOME: paths.pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Plugins are there already, and the machine may not reach the place they would be downloaded from.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    DIGITALOCEAN_API_URL: apiUrl,
    ...(token && { DIGITALOCEAN_TOKEN: token }),
    PATH: withFirst(binDir, process.env.PATH ?? ""),
  };
}

function withFirst(folder: string, searchPath: string): string {
  const rest = searchPath.split(path.delimiter).filter((other) => other !== folder);
  return [folder, ...rest].join(path.delimiter);
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
