import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { folderWith } from "./folder";

/**
 * Stands for a node: a directory whose srv and etc a command finds at /srv and over /etc, with the programs of a node
 * that this machine lacks, and workers that answer their health check with the status in the file "answer" of the
 * release that they were last restarted in.
 */
export interface FakeNode {
  root: string;
  /** What runs a shell command on it. */
  shell: string[];
  ports: number[];
  /** Lines of what its programs were asked. */
  log(): string[];
  file(name: string): string;
  close(): void;
}

const programs: Record<string, string> = {
  systemctl: `
case $1 in
  restart) readlink -f /srv/app/current >"$NODE_ROOT/running-\${2#app@}"; echo "restart $2" >>"$NODE_ROOT/log" ;;
  list-units) sed -E 's/.*/app@&.service loaded active running/' "$NODE_ROOT/ports" ;;
esac`,
  "systemd-run": `
for word; do
  case $word in
    --property=WorkingDirectory=*) cd "\${word##*=}" || exit 1; shift ;;
    --property=EnvironmentFile=/*) set -a; . "\${word##*=}" || exit 1; set +a; shift ;;
    --*) shift ;;
    *) break ;;
  esac
done
exec "$@"`,
  yarn: `
echo "yarn $* in \${PWD##*/}" >>"$NODE_ROOT/log"
[ ! -e cannot-install ] || { echo "no such package" >&2; exit 1; }
touch installed`,
  runuser: `[ "$1" = -u ] && shift 3; exec "$@"`,
  install: `
words=()
while [ $# -gt 0 ]; do case $1 in -o | -g) shift 2 ;; *) words+=("$1"); shift ;; esac; done
exec /usr/bin/install "\${words[@]}"`,
  journalctl: `echo "the worker's last words"`,
};

export async function fakeNode(): Promise<FakeNode> {
  const root = folderWith({ log: "", "srv/app/releases/.keep": "", "etc/trivet/app.env": "SECRET=of-the-node\n" });
  const workers = await Promise.all([worker(root), worker(root)]);
  const ports = workers.map(({ port }) => port);
  writeFileSync(path.join(root, "ports"), ports.map((port) => `${port}\n`).join(""));
  const node = { name: "ash", memoryMiB: 1024, privateIp: "127.0.0.1", workers: ports.map((port) => ({ port })) };
  writeFileSync(path.join(root, "etc/trivet/node.json"), JSON.stringify(node));
  const bin = path.dirname(executable(path.join(root, "enter"), enter(root)));
  for (const [name, text] of Object.entries(programs)) executable(path.join(bin, name), text);
  return {
    root,
    shell: ["unshare", "--mount", path.join(root, "enter")],
    ports,
    log: () => readFileSync(path.join(root, "log"), "utf8").split("\n").filter(Boolean),
    file: (name) => path.join(root, name),
    close: () => workers.forEach(({ close }) => close()),
  };
}

const enter = (root: string): string => `
set -e
mount --bind "${root}/srv" /srv
mount -t overlay -o "lowerdir=${root}/etc:/etc" overlay /etc
export NODE_ROOT="${root}" PATH="${root}:$PATH"
exec bash -c "$1"`;

function executable(file: string, text: string): string {
  writeFileSync(file, `#!/bin/bash${text.startsWith("\n") ? "" : "\n"}${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

async function worker(root: string) {
  const server = createServer((_request, response) => {
    const { port } = server.address() as AddressInfo;
    response.statusCode = answerOf(root, port);
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

function answerOf(root: string, port: number): number {
  try {
    const release = path.basename(readFileSync(path.join(root, `running-${port}`), "utf8").trim());
    return Number(readFileSync(path.join(root, "srv/app/releases", release, "answer"), "utf8"));
  } catch {
    return 503;
  }
}
