import { element, fault, table } from "../dom.js";

/** Which node, worker and release answer a request right now, and how this page was built. */
export function about(main, { api, build }) {
  const { ownerDocument: document } = main;
  const place = element(document, "div");
  const again = element(document, "button", { type: "button" }, "Ask again");
  main.append(element(document, "h1", {}, "About"), place, again);

  async function ask() {
    try {
      const { node, worker, release } = await api.about();
      place.replaceChildren(table(document, { Node: node, Worker: worker, Release: release, "This page": build }));
    } catch (error) {
      place.replaceChildren(fault(document, error));
    }
  }
  again.addEventListener("click", () => void ask());
  void ask();
}
