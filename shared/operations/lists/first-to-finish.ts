/** The rows of the list that ends first, when both hold every match; costs twice the shorter one. */
export async function* shorterOf<Row>(one: AsyncIterable<Row>, other: AsyncIterable<Row>): AsyncGenerator<Row> {
  const lists = [one, other].map((rows) => ({ rows: rows[Symbol.asyncIterator](), read: [] as Row[] }));
  for (;;) {
    for (const { rows, read } of lists) {
      const next = await rows.next();
      if (next.done) return yield* read;
      read.push(next.value);
    }
  }
}

/** Enough for a page of ten when each twentieth row matches. */
const HEAD_START = 200;

/**
 * Matching rows in order from whichever is cheaper: `inOrder` has the order, but rows that do not match between them;
 * `narrow` holds every match and little else, in no order. When the reader has not had enough after a few rows of the first,
 * both are read side by side, a row each, until `narrow` ends, which then is put in order. So it costs at most that start and
 * twice the cheaper one.
 */
export async function* firstToFinish<Row extends { readonly id: string }>(
  inOrder: AsyncIterable<Row>,
  narrow: AsyncIterable<Row>,
  matches: (row: Row) => boolean | Promise<boolean>,
  compare: (a: Row, b: Row) => number,
): AsyncGenerator<Row> {
  const [ordered, whole] = [inOrder[Symbol.asyncIterator](), narrow[Symbol.asyncIterator]()];
  const given = new Set<string>();
  const found: Row[] = [];
  for (let read = 0; ; read++) {
    const next = await ordered.next();
    if (next.done) return;
    if (await matches(next.value)) {
      given.add(next.value.id);
      yield next.value;
    }
    if (read < HEAD_START) continue;
    const other = await whole.next();
    if (other.done) break;
    if (await matches(other.value)) found.push(other.value);
  }
  yield* found.filter(({ id }) => !given.has(id)).sort(compare);
}
