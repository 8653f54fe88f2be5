import { element } from "../dom.js";

/** A path that no route has. */
export function notFound(main) {
  const { ownerDocument: document } = main;
  main.append(
    element(document, "h1", {}, "Nothing here"),
    element(document, "p", {}, element(document, "a", { href: "/" }, "To the overview")),
  );
}
