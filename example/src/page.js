const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (value) => String(value).replace(/[&<>"']/g, (character) => entities[character]);

/** The front page for people; the same facts as the JSON answer. */
export function page(facts, notes) {
  const rows = Object.entries(facts).map(
    ([name, value]) => `<tr><th>${escape(name)}</th><td>${escape(value)}</td></tr>`,
  );
  const items = notes.map((note) => `<li>${escape(note.text)}</li>`);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Trivet example</title></head>
<body>
<h1>Trivet example</h1>
<table>
${rows.join("\n")}
</table>
<h2>Latest notes</h2>
<ul>
${items.join("\n")}
</ul>
</body>
</html>
`;
}
