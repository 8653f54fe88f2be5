import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { programs } from "./fakePrograms";
import { folderWith } from "./folder";

/**
 * Stands for a node: a directory whose srv, run, etc and so on a command finds at their places, with the scripts that a
 * node has, stand-ins for the programs that this machine lacks, and workers. What those do, a file in the release that
 * they were started in tells: "answer" has the status of their health check; with "crashes" they end at once, every
 * time; with "deaf" they have to be killed.
 */
export interface FakeNode {
  root: string;
  /** What runs a shell command on it. */
  shell: string[];
  ports: number[];
  /** Lines of what its programs were asked. */
  log(): string[];
  file(name: string): string;
  read(name: string): string;
  write(name: string, text: string): void;
  close(): void;
}

export interface FakeNodeOptions {
  /** Whether it has others to pass requests on to; default true. */
  peers?: boolean;
  /** The migrations' record, which the nodes of a cluster share; default one of its own. */
  database?: string;
}

const library = path.resolve(__dirname, "../../../templates/app/usr/local/lib/trivet");

export async function fakeNode({ peers = true, database }: FakeNodeOptions = {}): Promise<FakeNode> {
  const root = folderWith({
    log: "",
    "srv/app/releases/.keep": "",
    "run/trivet/.keep": "",
    "var/lib/trivet/sites/.keep": "",
    "lib/trivet/ask-agent": '#!/bin/bash\nexec cat "$NODE_ROOT/agent"\n',
    "lib/trivet/reload-nginx": '#!/bin/bash\necho reload >>"$NODE_ROOT/log"\n[ ! -e "$NODE_ROOT/nginx-refuses" ]\n',
    "etc/passwd": `${readFileSync("/etc/passwd", "utf8").trimEnd()}\napp:x:810:810::/srv/app:/usr/sbin/nologin\n`,
    "etc/group": `${readFileSync("/etc/group", "utf8").trimEnd()}\napp:x:810:\n`,
  });
  const file = (name: string) => path.join(root, name);
  copyFileSync(path.join(library, "worker"), file("lib/trivet/worker"));
  // A node waits longer than a test has time for.
  let switching = readFileSync(path.join(library, "switch-release"), "utf8");
  for (const [patient, hasty] of [
    ["steady_ms=3000", "steady_ms=300"],
    ["sleep 1\n", "sleep 0.1\n"],
  ] as const) {
    if (!switching.includes(patient)) throw new Error(`switch-release has no ${patient}`);
    switching = switching.replace(patient, hasty);
  }
  writeFileSync(file("lib/trivet/switch-release"), switching);
  for (const name of ["ask-agent", "reload-nginx", "worker", "switch-release"])
    chmodSync(file(`lib/trivet/${name}`), 0o755);

  const workers = await Promise.all([worker(root), worker(root)]);
  const ports = workers.map(({ port }) => port);
  const about = {
    name: "ash",
    memoryMiB: 1024,
    privateIp: "127.0.0.1",
    peers,
    workers: ports.map((port) => ({ port })),
  };
  mkdirSync(file("etc/trivet"));
  writeFileSync(file("etc/trivet/node.json"), JSON.stringify(about));
  writeFileSync(file("ports"), ports.map((port) => `${port}\n`).join(""));
  const environment = {
    SECRET: "of-the-node",
    DATABASE_URL: "postgres://app:a@127.0.0.1:6432/app",
    DATABASE_MIGRATION_URL: "postgres://owner:of-the-owner@127.0.0.1:6432/app",
    FAKE_DATABASE: database ?? file("database"),
  };
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file("etc/trivet/app.env"), lines.join(""));

  executable(file("enter"), enter(root));
  for (const [name, text] of Object.entries(programs)) executable(file(name), text);
  return {
    root,
    // A machine of the local cloud that is unmounted meanwhile is unmounted here too.
    shell: ["unshare", "--mount", "--propagation", "slave", file("enter")],
    ports,
    log: () => readFileSync(file("log"), "utf8").split("\n").filter(Boolean),
    file,
    read: (name) => readFileSync(file(name), "utf8"),
    write: (name, text) => writeFileSync(file(name), text),
    close: () => workers.forEach(({ close }) => close()),
  };
}

const enter = (root: string): string => `
set -e
mount --bind "${root}/srv" /srv
mount --bind "${root}/run" /run
mount --bind "${root}/var/lib" /var/lib
mount -t overlay -o "lowerdir=${root}/lib:/usr/local/lib" overlay /usr/local/lib
mount -t overlay -o "lowerdir=${root}/etc:/etc" overlay /etc
export NODE_ROOT="${root}" PATH="${root}:$PATH"
exec bash -c "$1"`;

function executable(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/bash${text.startsWith("\n") ? "" : "\n"}${text}\n`);
  chmodSync(file, 0o755);
}

async function worker(root: string) {
  const server = createServer((_request, response) => {
    const { port } = server.address() as AddressInfo;
    const answer = answerOf(root, port);
    if (answer === undefined) return void response.destroy();
    response.statusCode = answer;
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

function answerOf(root: string, port: number): number | undefined {
  try {
    const release = path.basename(readFileSync(path.join(root, `running-${port}`), "utf8").trim());
    return Number(readFileSync(path.join(root, "srv/app/releases", release, "answer"), "utf8")) || undefined;
  } catch {
    return undefined;
  }
}
