/** The requests of this application. They reject with a sentence for people. */
export function createApi(fetch) {
  async function ask(path, options) {
    let response;
    try {
      response = await fetch(`/api${path}`, options);
    } catch {
      throw new Error("The server does not answer.");
    }
    const body = await response.json().catch(() => undefined);
    if (!response.ok) throw new Error(body?.error ?? `The server answered ${response.status}.`);
    return body;
  }
  return {
    about: () => ask("/about"),
    notes: () => ask("/notes"),
    addNote: (text) =>
      ask("/notes", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ text }),
      }),
  };
}
