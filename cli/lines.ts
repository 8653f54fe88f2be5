/** Text in pieces, as it arrives, by lines, without their ends. What follows the last end of a line is one too. */
export async function* splitLines(pieces: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  // A letter may be cut in two.
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + (typeof piece === "string" ? piece : decoder.decode(piece, { stream: true }))).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
