/** Several ordered sequences as one; reads each no further than the consumer asks. */
export async function* mergeOrdered<Row>(
  sources: readonly AsyncIterable<Row>[],
  compare: (a: Row, b: Row) => number,
): AsyncGenerator<Row> {
  const readers = sources.map((source) => source[Symbol.asyncIterator]());
  const heads = await Promise.all(readers.map((reader) => reader.next()));
  for (;;) {
    let best = -1;
    for (const [place, head] of heads.entries()) {
      const leader = heads[best];
      if (!head.done && (!leader || leader.done || compare(head.value, leader.value) < 0)) best = place;
    }
    const chosen = heads[best];
    if (!chosen || chosen.done) return;
    yield chosen.value;
    heads[best] = await readers[best]!.next();
  }
}
