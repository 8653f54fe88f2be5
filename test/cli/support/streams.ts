/** All that comes, to its end. */
export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const one of stream) read.push(one);
  return read;
}

/** These, one after the other. */
export async function* stream<T>(...ones: T[]): AsyncGenerator<T> {
  for (const one of ones) yield await Promise.resolve(one);
}
