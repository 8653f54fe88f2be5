import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import {
  readTemplates,
  renderRole,
  shellName,
  shellQuote,
  viewFaults,
  wholeOrNothing,
  type RoleTemplates,
  type View,
} from "../../components/render";

const target = "/etc/oak.conf";

/** A role with one template. */
function role(text: string, scripts: Partial<RoleTemplates> = {}): RoleTemplates {
  return {
    name: "oak",
    files: [{ target, executable: false, text, varies: true }],
    apply: "true\n",
    probe: "true\n",
    ...scripts,
  };
}

const render = (templates: RoleTemplates, view: View, more: object = {}) =>
  renderRole({ templates, node: "ash", dropletId: "1", secrets: "", view, ...more });

/** What the role's template comes to. */
function filled(text: string, view: View): string {
  return /<<'END-OF-FILE'\n([^]*)END-OF-FILE\n/.exec(render(role(text), view))![1]!;
}

const missing = (name: string) => [
  `templates/oak${target}.mustache asks for {{${name}}}, which the role's view does not have.`,
];

describe("a template", () => {
  const strict: [string, string, View, string][] = [
    ["a plain name", "{{port}}", {}, "port"],
    ["an unescaped name", "{{{port}}}", {}, "port"],
    ["a name after an ampersand", "{{&port}}", {}, "port"],
    ["a section", "{{#peers}}x{{/peers}}", {}, "peers"],
    ["an inverted section", "{{^peers}}x{{/peers}}", {}, "peers"],
    ["a name in a section that is not shown", "{{#on}}{{port}}{{/on}}", { on: false }, "port"],
    ["a name in an inverted section that is not shown", "{{^on}}{{port}}{{/on}}", { on: true }, "port"],
    ["a name in an inverted section of an empty list", "{{^peers}}{{port}}{{/peers}}", { peers: [] }, "port"],
    ["a name in a list of texts", "{{#peers}}{{.}}{{port}}{{/peers}}", { peers: ["a"] }, "port"],
    [
      "a name that one of a list's items lacks",
      "{{#peers}}{{port}}{{/peers}}",
      { peers: [{ port: 1 }, { ip: 2 }] },
      "port",
    ],
    ["a nested list", "{{#peers}}{{#ports}}{{.}}{{/ports}}{{/peers}}", { peers: [{ ip: "a" }] }, "ports"],
    ["a name that every object inherits", "{{constructor}}", {}, "constructor"],
    ["a dotted name", "{{port.number}}", { port: 1 }, "port.number"],
    ["a part", "{{> header}}", {}, "> header"],
  ];
  for (const [what, text, view, name] of strict)
    it(`must not ask for what is missing: ${what}`, () => {
      expect(viewFaults(role(text), view)).to.include(missing(name)[0]);
      expect(() => render(role(text), view)).to.throw(`${target} asks for {{${name}}}, which its view does not have.`);
    });

  it("tells every missing name at once, each one once", () => {
    expect(viewFaults(role("{{a}} {{#list}}{{b}}{{/list}} {{c}}"), { list: [{ x: 1 }, { x: 2 }] })).to.deep.equal([
      ...missing("a"),
      ...missing("b"),
      ...missing("c"),
    ]);
  });

  it("is filled with texts, numbers, truth, lists and their surroundings", () => {
    const view: View = {
      name: "ash",
      port: 80,
      on: true,
      ips: ["a", "b"],
      peers: [{ ip: "c" }, { ip: "d", port: 81 }],
    };
    expect(filled("{{name}} {{port}} {{on}}\n", view)).to.equal("ash 80 true\n");
    expect(filled("{{#ips}}{{.}}:{{port}} {{/ips}}\n", view)).to.equal("a:80 b:80 \n");
    expect(filled("{{#peers}}{{ip}}:{{port}} {{/peers}}\n", view)).to.equal("c:80 d:81 \n");
    expect(filled("{{#on}}yes{{/on}}{{^on}}no{{/on}}\n", view)).to.equal("yes\n");
    expect(filled("{{^none}}alone{{/none}}{{#none}}{{ip}}{{/none}}\n", { none: [] })).to.equal("alone\n");
    expect(filled("{{zero}} {{no}} [{{empty}}]\n", { zero: 0, no: false, empty: "" })).to.equal("0 false []\n");
  });

  it("is not escaped for HTML", () => {
    const awkward = `<a href="x">&amp; 'y' / = \``;
    expect(filled("{{value}}\n", { value: awkward })).to.equal(`${awkward}\n`);
    expect(filled("{{{value}}}\n", { value: awkward })).to.equal(`${awkward}\n`);
  });

  it("ends in one newline, whether it had one or not", () => {
    expect(filled("a", {})).to.equal("a\n");
    expect(filled("a\n", {})).to.equal("a\n");
    expect(filled("a\n\n", {})).to.equal("a\n\n");
  });

  it("must not contain the line that ends it", () => {
    expect(() => filled("a\n{{word}}\nb\n", { word: "END-OF-FILE" })).to.throw(
      `${target} has a line END-OF-FILE, which ends it early.`,
    );
    expect(filled("a END-OF-FILE\n", {})).to.equal("a END-OF-FILE\n");
  });
});

describe("a role's view", () => {
  const unused = (key: string) => [`The view of the role oak has "${key}", which nothing in templates/oak/ asks for.`];

  it("must not have what nothing asks for", () => {
    expect(viewFaults(role("{{a}}"), { a: 1, b: 2 })).to.deep.equal(unused("b"));
    expect(viewFaults(role("{{#peers}}{{port}}{{/peers}}"), { peers: [{ port: 1 }], port: 2 })).to.deep.equal(
      unused("port"),
    );
  });

  it("may have what only a list's items ask for, and be it an empty one", () => {
    const text = "{{#peers}}{{ip}}:{{port}}{{/peers}}";
    expect(viewFaults(role(text), { peers: [{ ip: "a" }], port: 2 })).to.deep.equal([]);
    expect(viewFaults(role(text), { peers: [], port: 2 })).to.deep.equal([]);
  });

  it("may have what a script asks for, under its shell name", () => {
    const view = { privateIp: "a", peerIps: ["b"] };
    expect(viewFaults(role("", { apply: 'echo "$PRIVATE_IP"', probe: 'echo "${PEER_IPS[@]}"' }), view)).to.deep.equal(
      [],
    );
    expect(viewFaults(role("", { apply: "echo ${#PEER_IPS[@]} $PRIVATE_IPS" }), view)).to.deep.equal(
      unused("privateIp"),
    );
    expect(shellName("memoryMaxMib")).to.equal("MEMORY_MAX_MIB");
  });
});

describe("a role's templates", () => {
  it("lose the suffix on the way, and keep whether they are executable", () => {
    const { files, apply, probe } = readTemplates("base");
    const file = (path: string) => files.find((candidate) => candidate.target === path);
    expect(file("/etc/trivet/node.json")).to.include({ varies: true, executable: false });
    expect(file("/etc/sysctl.d/60-trivet.conf")).to.include({ varies: false, executable: false });
    expect(file("/usr/local/lib/trivet/status")).to.include({ varies: false, executable: true });
    expect(files.map((file) => file.target)).not.to.include.members(["/apply.sh", "/probe.sh"]);
    expect(apply).not.to.equal("");
    expect(probe).not.to.equal("");
  });

  it("are put down with their mode, root's own", () => {
    const templates = role("");
    templates.files[0]!.executable = true;
    expect(render(templates, {})).to.include(`file 0755 root:root ${target} <<`);
    expect(render(role(""), {})).to.include(`file 0644 root:root ${target} <<`);
    const files = { "/etc/key": { content: "k", mode: "0400", owner: "oak:elm" } };
    expect(render(role(""), {}, { files })).to.include("file 0400 oak:elm /etc/key <<'END-OF-FILE'\nk\nEND-OF-FILE\n");
  });

  it("must be there", () => {
    expect(() => readTemplates("no-such-role")).to.throw(/no-such-role/);
  });
});

describe("a role's script", () => {
  it("is the same for the same input, and another one for a new droplet, secret or foundation", () => {
    const view = { a: 1, list: [{ b: 2 }] };
    const templates = role("{{a}}{{#list}}{{b}}{{/list}}");
    const once = render(templates, view);
    expect(render(templates, view)).to.equal(once);
    for (const more of [{ dropletId: "2" }, { secrets: "ab" }, { builtOn: ["cd"] }, { node: "elm" }])
      expect(render(templates, view, more), JSON.stringify(more)).not.to.equal(once);
  });

  it("hands values to bash as they are", () => {
    const values = [
      "",
      "plain",
      "it's",
      `"double"`,
      "a\nb\n",
      "$HOME $(id) `id` ${x}",
      "\\n \\",
      "*?[a] ~",
      "!x",
      "ü \t",
      "-n",
    ];
    const script = values.map((value) => `printf '%s\\0' ${shellQuote(value)}`).join("\n");
    expect(bash(script).stdout).to.equal(values.map((value) => `${value}\0`).join(""));
  });

  it("has the view's texts, numbers and lists as variables", () => {
    const view = { port: 80, motto: "it's\n$HOME", ips: ["a b", "c'd"], none: [], peers: [{ ip: "a" }], on: true };
    const probe = `printf '%s|' "$ROLE" "$NODE" "$DROPLET" "$SECRETS" "$PORT" "$MOTTO" "\${IPS[@]}" "\${#NONE[@]}" "$ON" "\${PEERS-unset}"`;
    const lines = render(role(""), view, { secrets: "s" }).split("\n");
    const variables = lines.slice(3, lines.indexOf("", 4)).join("\n");
    expect(bash(`${variables}\n${probe}`).stdout).to.equal("oak|ash|1|s|80|it's\n$HOME|a b|c'd|0|true|unset|");
  });
});

describe("a script that is sent whole", () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), "trivet-render-"))));
  afterEach(() => rmSync(dir, { recursive: true }));

  it("runs nothing when it is cut short, wherever that is", () => {
    const body = ["touch ran", "cat >file <<'E'", "line } more", "E", "if true; then", "  touch again", "fi"].join(
      "\n",
    );
    const script = wholeOrNothing(body);
    const end = script.lastIndexOf("}");
    for (let length = 1; length <= end; length += 3) {
      bash(script.slice(0, length), dir);
      for (const file of ["ran", "file", "again"])
        expect(existsSync(path.join(dir, file)), `${file} after ${length} of ${script.length}`).to.equal(false);
    }
    expect(bash(script, dir).status).to.equal(0);
    expect(existsSync(path.join(dir, "again"))).to.equal(true);
  }).timeout(20_000);

  it("is not eaten by a command that reads", () => {
    expect(bash(wholeOrNothing("cat\nread -r line || echo nothing to read\necho end")).stdout).to.equal(
      "nothing to read\nend\n",
    );
  });

  it("stops at the first failure, with its status, in a pipe and for an unset name too", () => {
    for (const failing of ["(exit 3)", "(exit 3) | cat"])
      expect(bash(wholeOrNothing(`${failing}\necho reached`))).to.include({ status: 3, stdout: "" });
    const unset = bash(wholeOrNothing('echo "$unset"\necho reached'));
    expect(unset.status).not.to.equal(0);
    expect(unset.stdout).to.equal("");
  });
});

function bash(script: string, cwd?: string) {
  const { status, stdout, stderr } = spawnSync("bash", ["-s"], { input: script, cwd, encoding: "utf8", timeout: 5000 });
  return { status, stdout, stderr };
}
