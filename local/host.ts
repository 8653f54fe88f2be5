import { execa } from "execa";
import { readFileSync } from "node:fs";
import { hostPackages, ubuntuPackages } from "./fabric";

/** Installs the local cloud's host packages, and `more`, where they are missing. @throws Error with apt's last lines when it fails. */
export async function ensureHostPackages(more: string[] = []): Promise<void> {
  const wanted = [...(isUbuntu() ? ubuntuPackages : hostPackages), ...more];
  const missing = [];
  for (const name of wanted) if (!(await installed(name))) missing.push(name);
  if (missing.length === 0) return;
  const options = { env: { DEBIAN_FRONTEND: "noninteractive" }, all: true, reject: false } as const;
  await execa("apt-get", ["update", "-q"], options);
  const { exitCode, all } = await execa("apt-get", ["install", "-yq", "--no-install-recommends", ...missing], options);
  if (exitCode !== 0)
    throw new Error(
      `apt-get could not install ${missing.join(", ")}:\n${all?.split("\n").slice(-10).join("\n") ?? ""}`,
    );
}

async function installed(name: string): Promise<boolean> {
  const { stdout } = await execa("dpkg-query", ["-W", "-f", "${db:Status-Status}", name], { reject: false });
  return stdout === "installed";
}

const isUbuntu = () => /^ID(_LIKE)?=.*ubuntu/m.test(readFileSync("/etc/os-release", "utf8"));
