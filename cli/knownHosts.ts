/** The keys that a known_hosts text holds for one host, as {type, key} with the key in base64. */
export function hostKeys(knownHosts: string, host: string, port = 22): { type: string; key: string }[] {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return knownHosts
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([hosts, type, key]) => (hosts?.split(",").includes(name) && type && key ? [{ type, key }] : []));
}

// An RSA key signs under newer names than the one that known_hosts gives to the key itself.
const signatures: Record<string, string[]> = { "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"] };

/** What to ask the server for, so that it shows a key that is known here. */
export function hostKeyAlgorithms(keys: readonly { type: string }[]): string[] {
  return [...new Set(keys.flatMap(({ type }) => signatures[type] ?? [type]))];
}
