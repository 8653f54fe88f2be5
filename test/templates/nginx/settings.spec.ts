import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { siteConfig, type SiteEntry } from "../../../cli/deploy/sites";
import { runShape } from "../../support/program";
import { filesOf, settingsOf, type Files } from "./settings";

const sitesEnabled = "/etc/nginx/sites-enabled";
const nodes = [{ name: "ash" }];

describe("nginx's settings", function () {
  this.timeout(60_000);
  let files: Files;
  let alone: Files;
  before(async () => {
    files = await settingsOf("ash", { "trivet:requestsPerSecond": "50", "trivet:connectionsPerClient": "100" });
    alone = filesOf(await runShape({ nodes, nominated: "ash" }), "ash");
  });
  const text = (file: string) => files[`/etc/nginx/${file}`]!;
  /** A server's block, by a line that it has. */
  const server = (file: string, line: string) =>
    files[`${sitesEnabled}/${file}`]!.split(/^server \{$/m).find((block) => block.includes(line))!;
  const location = (block: string, matching: string) => {
    const begin = block.indexOf(`location ${matching} {`);
    expect(begin, matching).to.be.greaterThan(-1);
    return block.slice(begin, block.indexOf("\n  }\n", begin));
  };

  describe("for a site", () => {
    it("are a server for each host name, and none for any other", () => {
      for (const [site, host] of [
        ["main", "app"],
        ["www", "www"],
        ["admin", "admin"],
      ]) {
        const block = server("sites.conf", `server_name ${host}.trivet.test;`);
        expect(block).to.include(`include /var/lib/trivet/sites/${site}.conf;`);
        expect(block).to.include("http2 on;");
      }
      expect(server("sites.conf", "default_server")).to.include("ssl_reject_handshake on;");
    });

    it("look at the node's flags last, since nothing is set after a return", () => {
      for (const block of files[`${sitesEnabled}/sites.conf`]!.split("server_name ").slice(2))
        expect(block.match(/include (\S+);/g)!.at(-1)).to.equal("include /etc/nginx/snippets/state.conf;");
    });

    it("speak TLS by Mozilla's intermediate profile", () => {
      const tls = text("conf.d/tls.conf");
      expect(tls).to.include("ssl_protocols TLSv1.2 TLSv1.3;");
      expect(tls).to.include("ssl_ecdh_curve X25519MLKEM768:X25519:prime256v1:secp384r1;");
      expect(/ssl_ciphers (\S+);/.exec(tls)![1]!.split(":")).to.have.length(6);
      expect(tls).not.to.match(/^\s*ssl_stapling/m);
    });

    it("add every security header once, and only where the application sends none", () => {
      const added = [...text("snippets/headers.conf").matchAll(/^add_header (\S+) \$(\S+) always;$/gm)];
      expect(added).to.have.length(10);
      for (const [, header, variable] of added.filter(([, name]) => name !== "X-Request-Id")) {
        const upstream = `$upstream_http_${header!.toLowerCase().replaceAll("-", "_")}`;
        expect(text("conf.d/headers.conf"), header).to.include(`map ${upstream} $${variable} {`);
      }
      const others = Object.entries(files).filter(([file]) => !/headers\.conf$|http\.conf$/.test(file));
      for (const [file, content] of others) expect(content, file).not.to.match(/^\s*add_header/m);
    });

    it("limit what one client may ask of the workers", () => {
      expect(text("conf.d/limits.conf")).to.include("zone=requests:5m rate=50r/s;");
      expect(text("snippets/workers.conf")).to.include("limit_req zone=requests burst=200 nodelay;");
      expect(text("snippets/site.conf")).to.include("limit_conn connections 100;");
      expect(text("snippets/static.conf")).not.to.include("limit_req");
    });

    it("compress files, and nothing of the workers'", () => {
      const compressing = Object.entries(files).filter(([, content]) => /^\s*gzip on;/m.test(content));
      expect(compressing.map(([file]) => file)).to.deep.equal(["/etc/nginx/snippets/static.conf"]);
    });

    it("repeat nothing that a worker may have begun, unless its method allows it", () => {
      const all = Object.values(files).join("\n");
      expect(all.match(/^\s*proxy_next_upstream .*$/gm)).to.deep.equal(["proxy_next_upstream error timeout;"]);
      expect(all).not.to.include("non_idempotent");
    });

    it("set no worker aside for a failure, and close idle connections before Node.js does", () => {
      const workers = /upstream workers \{([^}]*)\}/.exec(text("conf.d/upstreams.conf"))![1]!;
      expect(workers.match(/server \S+ max_fails=0/g)).to.have.length(3);
      expect(workers).to.include("keepalive_timeout 4s;");
    });
  });

  describe("for the log", () => {
    it("write no query, no referrer's query, and nothing that authenticates", () => {
      const formats = [...text("conf.d/log.conf").matchAll(/^log_format [^;]*;/gm)].map(([format]) => format);
      expect(formats).to.have.length(2);
      for (const format of formats) {
        expect(format).to.include("escape=json");
        expect(format).not.to.match(/\$(request_uri|args|query_string|request|http_referer|http_cookie|http_authorization)\b/);
      }
    });

    it("are valid JSON when filled in", () => {
      for (const [, , format] of text("conf.d/log.conf").matchAll(/^log_format (\w+) escape=json\n([^;]*);/gm)) {
        const line = [...format!.matchAll(/'([^']*)'/g)].map(([, part]) => part).join("");
        const filled = line.replace(/":\$\w+/g, '":1').replace(/\$\w+/g, "x");
        expect(JSON.parse(filled)).to.include({ node: "ash", time: "x" });
      }
    });
  });

  describe("in clear text", () => {
    it("ask the agent for health, say who asks, and are not well without it", () => {
      const health = location(server("http.conf", ":80"), "= /health");
      expect(health).to.include("proxy_pass http://unix:/run/trivet/health.sock:/health;");
      expect(health).to.include("proxy_set_header X-Balancer $realip_remote_addr;");
      expect(health).to.include("proxy_set_header X-Client $proxy_protocol_addr;");
      expect(location(server("http.conf", ":80"), "@unwell")).to.include("return 503 ");
    });

    it("lead to https, and answer no name that is not ours", () => {
      expect(location(server("http.conf", ":80"), "/")).to.match(/if \(\$site = ""\) \{\s+return 444;\s+\}\s+return 301 https/);
    });

    it("prove to an authority that a name is ours, with the account's thumbprint", () => {
      expect(server("http.conf", ":80")).to.match(/acme-challenge[^]*return 200 "\$1\.[\w-]{43}";/);
    });
  });

  describe("for the other nodes", () => {
    const peers = () => server("peers.conf", ":8443");

    it("let in the nodes of the stack alone", () => {
      expect(peers()).to.include("ssl_verify_client on;");
      expect(location(peers(), "/")).to.include('if ($peer = "") {\n      return 403;');
      const known = /map \$ssl_client_s_dn \$peer \{([^}]*)\}/.exec(text("conf.d/upstreams.conf"))![1]!;
      expect(known.match(/"[^"]*" \w+;/g)).to.deep.equal(['"CN=birch,O=Trivet" birch;', '"CN=cedar,O=Trivet" cedar;']);
    });

    it("pass on to this node's workers alone", () => {
      expect(peers()).to.include("proxy_pass http://own_workers$request_uri;");
      const own = /upstream own_workers \{([^}]*)\}/.exec(text("conf.d/upstreams.conf"))![1]!;
      expect(own.match(/server \S+/g)).to.deep.equal(["server 127.0.0.1:3001", "server 127.0.0.1:3002"]);
    });

    it("ask each peer first as often, and the next one after it", () => {
      const order = (name: string) =>
        new RegExp(`upstream ${name} \\{([^}]*)\\}`).exec(text("conf.d/upstreams.conf"))![1]!.match(/10\.\S+/g)!;
      expect(order("peers")).to.have.length(2);
      expect(order("peers_after")).to.deep.equal([...order("peers")].reverse());
    });

    it("verify whom they ask", () => {
      expect(server("peers.conf", "127.0.0.1:8444")).to.include("proxy_ssl_verify on;");
    });

    it("are none where there is no other", () => {
      expect(alone[`${sitesEnabled}/peers.conf`]!.trim()).to.equal("");
      const all = Object.values(alone).join("\n").replace(/#.*$/gm, "");
      for (const word of ["8443", "8444", "upstream peers", "aside"]) expect(all).not.to.include(word);
    });
  });

  it("name no host, so that nginx starts while nothing answers", () => {
    const servers = [...text("conf.d/upstreams.conf").matchAll(/^\s*server (\S+?):\d+/gm)].map(([, host]) => host);
    for (const host of servers) expect(host).to.match(/^\d+\.\d+\.\d+\.\d+$/);
    expect(Object.values(files).join("\n")).not.to.match(/^\s*resolver /m);
  });

  it("have reload-nginx wait for as long as a connection may", () => {
    const seconds = /keepalive_timeout (\d+)s/.exec(text("nginx.conf"))![1];
    expect(files["/usr/local/lib/trivet/reload-nginx"]).to.include(`keepalive_seconds=${seconds} `);
  });

  describe("to nginx itself", () => {
    const version = /nginx\/1\.(\d+)/.exec(spawnSync("nginx", ["-v"], { encoding: "utf8" }).stderr ?? "")?.[1];
    const entries: Record<string, SiteEntry | undefined> = {
      main: undefined,
      www: { static: "site", scripts: "hash" },
      admin: { spa: "site", scripts: "nonce", api: ["/api/", "/graphql"], csp: { "img-src": ["*", "data:"] } },
    };

    for (const [what, given] of [
      ["three nodes", () => files],
      ["one node", () => alone],
    ] as const)
      it(`are right, for ${what}`, function () {
        if (!(Number(version) >= 26)) return this.skip(); // It needs nginx 1.26 or newer on the PATH.
        const dir = mkdtempSync(path.join(tmpdir(), "trivet-nginx-"));
        try {
          const scripts = Array.from({ length: 99 }, (_, at) => `<script>page(${at})</script>`);
          const put = (file: string, content: string) => {
            mkdirSync(path.join(dir, path.dirname(file)), { recursive: true });
            writeFileSync(path.join(dir, file), here(content, dir));
          };
          put("/release/site/index.html", scripts.join(""));
          for (const [file, content] of Object.entries(given())) put(file, content);
          for (const [site, entry] of Object.entries(entries))
            put(`/var/lib/trivet/sites/${site}.conf`, siteConfig(site, entry, { directory: path.join(dir, "release") }));
          for (const name of ["live/site", "node", "ca"]) certificate(dir, `etc/trivet/tls/${name}`);
          for (const folder of ["var/log/nginx", "run"]) mkdirSync(path.join(dir, folder), { recursive: true });
          const { status, stderr } = spawnSync("nginx", ["-t", "-q", "-c", path.join(dir, "etc/nginx/nginx.conf")], { encoding: "utf8" });
          expect(stderr).to.equal("");
          expect(status).to.equal(0);
        } finally {
          rmSync(dir, { recursive: true });
        }
      });
  });
});

/** The settings with their own files in a folder of the test's, at addresses that this machine has. */
function here(content: string, dir: string): string {
  return content
    .replace(/(?<![\w/])\/(etc\/nginx\/(?!mime\.types|modules-enabled)|etc\/trivet|var\/lib\/trivet|var\/log\/nginx|run\/nginx\.pid)/g, `${dir}/$1`)
    .replace(/listen 10\.[\d.]+:(\d+)/g, "listen 127.0.0.1:2$1");
}

function certificate(dir: string, name: string): void {
  const file = path.join(dir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x"];
  execFileSync("openssl", [...request, "-keyout", `${file}.key`, "-out", `${file}.crt`], { stdio: "ignore" });
}
