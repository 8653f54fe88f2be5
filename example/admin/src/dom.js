/** Makes an element. Text becomes text and never markup, so nothing that a user wrote can run. */
export function element(document, name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A table of names and values; what is not known yet is a dash. */
export function table(document, facts) {
  const rows = Object.entries(facts).map(([name, value]) =>
    element(
      document,
      "tr",
      {},
      element(document, "th", { scope: "row" }, name),
      element(document, "td", {}, String(value ?? "–")),
    ),
  );
  return element(document, "table", {}, element(document, "tbody", {}, ...rows));
}

/** What went wrong, in the place of what was asked for. */
export const fault = (document, { message }) => element(document, "p", { class: "fault", role: "alert" }, message);
