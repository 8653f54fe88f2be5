import { fault } from "./dom.js";

/**
 * Shows the view of the address, and goes from view to view without loading the page. A route is {title, load}; `load`
 * resolves to a view: `view(main, context)` fills an element, and may return a function to be called when it is left.
 */
export function startRouter({ window, routes, notFound, context }) {
  const { document, history, location } = window;
  const main = document.querySelector("main");
  let leave;
  let current;

  async function show() {
    const path = location.pathname;
    const route = routes[path] ?? { title: "Not found", load: async () => notFound };
    current = path;
    document.title = `${route.title} – Trivet example`;
    for (const link of document.querySelectorAll("nav a")) {
      if (link.getAttribute("href") === path) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const view = await route.load().catch((error) => (parent) => parent.append(fault(document, error)));
    // Somebody was faster than the network.
    if (current !== path) return;
    leave?.();
    main.replaceChildren();
    leave = view(main, context);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='/']");
    if (!link || event.defaultPrevented || event.button !== 0 || hasModifier(event)) return;
    event.preventDefault();
    if (link.getAttribute("href") !== location.pathname) history.pushState(undefined, "", link.getAttribute("href"));
    void show();
  });
  window.addEventListener("popstate", () => void show());
  return show();
}

const hasModifier = ({ altKey, ctrlKey, metaKey, shiftKey }) => altKey || ctrlKey || metaKey || shiftKey;
