import { element, fault } from "../dom.js";

/** Lists and adds notes. The list is read anew whenever the live count of notes changes: somebody else adds too. */
export function notes(main, { api, state }) {
  const { ownerDocument: document } = main;
  const input = element(document, "input", { name: "text", required: "", maxlength: "1000", "aria-label": "Text" });
  const button = element(document, "button", {}, "Add");
  const form = element(document, "form", {}, input, " ", button);
  const formFault = element(document, "div");
  const listFault = element(document, "div");
  const list = element(document, "ul");
  main.append(element(document, "h1", {}, "Notes"), form, formFault, listFault, list);

  async function refresh() {
    const latest = await api.notes();
    list.replaceChildren(...latest.map(({ text }) => element(document, "li", {}, text)));
  }
  async function attempt(place, work) {
    try {
      await work();
      place.replaceChildren();
    } catch (error) {
      place.replaceChildren(fault(document, error));
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // One click is one note: adding is not repeated by itself, for it may have succeeded behind an error.
    button.disabled = true;
    void attempt(formFault, async () => {
      await api.addNote(input.value);
      input.value = "";
      await attempt(listFault, refresh);
    }).finally(() => (button.disabled = false));
  });

  let known;
  return state.watch(({ counts }) => {
    if (known !== undefined && counts?.notes === known) return;
    known = counts?.notes ?? known ?? null;
    void attempt(listFault, refresh);
  });
}
