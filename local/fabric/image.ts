import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { cacheDir } from "../paths";
import { run } from "./host";
import { locked } from "./lock";
import { fingerprintOf, recipe, type Recipe } from "./recipe";

const debianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** The images that machines can be made of, by DigitalOcean's slugs. */
export const imageSlugs = ["debian-13-x64"];

/**
 * The root directory of a machine image; made on first use, which takes a minute or two, and kept in the cache.
 * @throws Error when the image is not one of `imageSlugs`
 */
export async function imageRoot(slug: string): Promise<string> {
  if (!imageSlugs.includes(slug)) {
    throw new Error(`local cloud: no image "${slug}"; there is ${imageSlugs.join(", ")}`);
  }
  const ingredients = await recipe();
  const home = path.join(cacheDir, "image", fingerprintOf(ingredients));
  if (!existsSync(home)) await locked("image", () => bake(ingredients, home));
  return path.join(home, "root");
}

/** Made aside and renamed when whole, so that an interrupted build leaves no half image. */
async function bake(recipe: Recipe, home: string): Promise<void> {
  if (existsSync(home)) return;
  await mkdir(path.dirname(home), { recursive: true });
  const draft = await mkdtemp(`${home}.new-`);
  try {
    await run("chmod", ["755", draft]);
    const root = path.join(draft, "root");
    const finish = path.join(draft, "finish.sh");
    await writeFile(finish, recipe.finish);
    for (const [file, content] of Object.entries(recipe.files)) {
      await mkdir(path.join(draft, "files", path.dirname(file)), { recursive: true });
      await writeFile(path.join(draft, "files", file), content);
    }
    await run("mmdebstrap", [
      "--quiet",
      "--variant=essential",
      `--include=${recipe.packages.join(",")}`,
      `--keyring=${debianKeyring}`,
      ...recipe.aptSettings.map((setting) => `--aptopt=${setting}`),
      `--customize-hook=cp -rT --no-preserve=ownership "${draft}/files" "$1"`,
      `--customize-hook=cd "$1" && sh "${finish}"`,
      recipe.release,
      root,
      ...recipe.sources,
    ]);
    await rm(path.join(draft, "files"), { recursive: true });
    await rm(finish);
    await rename(draft, home);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
