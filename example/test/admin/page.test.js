import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import { URL } from "node:url";
import { Window } from "happy-dom";
import { createApi } from "../../admin/src/api.js";
import { startRouter } from "../../admin/src/router.js";
import { createState } from "../../admin/src/state.js";
import { showStatus } from "../../admin/src/status.js";
import { about } from "../../admin/src/views/about.js";
import { notes } from "../../admin/src/views/notes.js";
import { notFound } from "../../admin/src/views/notFound.js";
import { overview } from "../../admin/src/views/overview.js";

const page = readFileSync(new URL("../../admin/index.html", import.meta.url), "utf8");
const body = page.slice(page.indexOf("<body>"), page.indexOf("</html>"));

describe("the page", () => {
  let window;
  let document;
  let main;
  let stored;
  let requests;
  let context;

  beforeEach(() => {
    window = new Window({ url: "https://admin.test/" });
    document = window.document;
    document.body.innerHTML = body;
    main = document.querySelector("main");
    stored = [{ id: 1, text: "<img src=x onerror=alert(1)>" }];
    requests = [];
    context = {
      api: createApi(answer),
      state: createState({ online: false, who: undefined, counts: undefined, firstRelease: undefined }),
      build: "1.0.0 (AAAAAAAA)",
    };
  });
  afterEach(() => window.close());

  async function answer(path, { method = "GET", body: sent } = {}) {
    requests.push(`${method} ${path}`);
    if (stored === undefined) return globalThis.Response.json({ error: "try again in a moment" }, { status: 503 });
    if (path === "/api/about") return globalThis.Response.json({ node: "ash", worker: "3001", release: "r1" });
    if (method === "POST") stored.unshift({ id: stored.length + 1, text: JSON.parse(sent).text });
    return globalThis.Response.json(stored);
  }
  const settle = () => new Promise((resolve) => globalThis.setTimeout(resolve, 5));
  const items = () => [...main.querySelectorAll("li")].map((item) => item.textContent);
  const submit = async (text) => {
    main.querySelector("input").value = text;
    main.querySelector("form").dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }));
    await settle();
  };

  it("lists notes as text, whatever is in them, and adds one", async () => {
    notes(main, context);
    await settle();
    assert.deepEqual(items(), ["<img src=x onerror=alert(1)>"]);
    assert.equal(main.querySelector("img"), null);
    await submit("hello");
    assert.deepEqual(items(), ["hello", "<img src=x onerror=alert(1)>"]);
    assert.equal(main.querySelector("input").value, "");
    assert.equal(main.querySelector("button").disabled, false);
  });

  it("keeps a note that could not be added, says why, and does not repeat it by itself", async () => {
    notes(main, context);
    await settle();
    stored = undefined;
    await submit("hello");
    assert.equal(main.querySelector(".fault").textContent, "try again in a moment");
    assert.equal(main.querySelector("input").value, "hello");
    assert.deepEqual(requests, ["GET /api/notes", "POST /api/notes"]);
  });

  it("reads the notes again when somebody else added one, and not for other counts", async () => {
    const leave = notes(main, context);
    context.state.set({ counts: { notes: 1, visits: 0 } });
    await settle();
    requests.length = 0;
    context.state.set({ counts: { notes: 1, visits: 1 } });
    assert.deepEqual(requests, []);
    context.state.set({ counts: { notes: 2, visits: 1 } });
    assert.deepEqual(requests, ["GET /api/notes"]);
    leave();
    context.state.set({ counts: { notes: 3, visits: 1 } });
    assert.equal(requests.length, 1);
  });

  it("shows live counts, and a dash for what is not known", () => {
    const leave = overview(main, context);
    assert.match(main.textContent, /Waiting/);
    context.state.set({ counts: { notes: 41, visits: null } });
    assert.match(main.textContent, /Notes41.*Visits–/);
    leave();
    context.state.set({ counts: { notes: 42 } });
    assert.match(main.textContent, /Notes41/);
  });

  it("shows which node and release answered, and asks again", async () => {
    about(main, context);
    await settle();
    assert.match(main.textContent, /Nodeash.*Worker3001.*Releaser1.*1\.0\.0 \(AAAAAAAA\)/);
    stored = undefined;
    main.querySelector("button").dispatchEvent(new window.Event("click", { bubbles: true }));
    await settle();
    assert.match(main.textContent, /try again in a moment/);
  });

  it("tells of a new release, and loads it when asked to", () => {
    let reloads = 0;
    showStatus(document, context.state, () => reloads++);
    const news = document.querySelector("#news");
    assert.match(document.querySelector("#live").textContent, /not connected/);
    const who = { node: "ash", worker: "3001", release: "r1" };
    context.state.set({ online: true, who, firstRelease: "r1" });
    assert.equal(document.querySelector("#live").textContent, "live from ash, worker 3001");
    assert.equal(news.hidden, true);
    context.state.set({ who: { ...who, release: "r2" } });
    assert.equal(news.hidden, false);
    news.querySelector("button").dispatchEvent(new window.Event("click"));
    assert.equal(reloads, 1);
  });

  describe("goes from view to view", () => {
    let left;
    const view = (name) => (parent) => {
      parent.append(name);
      return () => left.push(name);
    };
    const routes = {
      "/": { title: "Overview", load: async () => view("overview") },
      "/notes": { title: "Notes", load: async () => view("notes") },
      "/about": { title: "About", load: () => settle().then(() => view("about")) },
      "/gone": { title: "Gone", load: async () => Promise.reject(new Error("no such file")) },
    };
    beforeEach(async () => {
      left = [];
      await startRouter({ window, routes, notFound, context });
    });
    const link = (href) => document.querySelector(`nav a[href='${href}']`);
    const click = (href, options) => {
      const event = new window.MouseEvent("click", { bubbles: true, cancelable: true, button: 0, ...options });
      link(href).dispatchEvent(event);
      return event;
    };

    it("by its links, with address, title and mark", async () => {
      assert.equal(main.textContent, "overview");
      assert.ok(click("/notes").defaultPrevented);
      await settle();
      assert.deepEqual([main.textContent, window.location.pathname], ["notes", "/notes"]);
      assert.equal(document.title, "Notes – Trivet example");
      assert.equal(link("/notes").getAttribute("aria-current"), "page");
      assert.equal(link("/").getAttribute("aria-current"), null);
      assert.deepEqual(left, ["overview"]);
    });

    it("by the browser's buttons, and to what has no route", async () => {
      window.history.replaceState(undefined, "", "/nothing");
      window.dispatchEvent(new window.Event("popstate"));
      await settle();
      assert.match(main.textContent, /Nothing here/);
    });

    it("but leaves a click to the browser that wants a new tab", () => {
      for (const options of [{ ctrlKey: true }, { metaKey: true }, { button: 1 }]) {
        assert.ok(!click("/notes", options).defaultPrevented);
      }
    });

    it("and shows the last that was asked for, however long another takes to load", async () => {
      click("/about");
      click("/notes");
      await settle();
      await settle();
      assert.equal(main.textContent, "notes");
    });

    it("and says so when a view cannot be loaded", async () => {
      window.history.replaceState(undefined, "", "/gone");
      window.dispatchEvent(new window.Event("popstate"));
      await settle();
      assert.match(main.textContent, /no such file/);
    });
  });
});
