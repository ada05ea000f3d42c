/** What one answer of a `filter` route holds at most. */
const PAGE = 200;

/** Follows a `filter` route to its end, or until `most` rows: the API answers at most 200 at once. */
export async function allPages<Row>(
  page: (limit: number, offset: number) => Promise<Row[]>,
  most = Number.POSITIVE_INFINITY,
): Promise<Row[]> {
  const rows: Row[] = [];
  while (rows.length < most) {
    const limit = Math.min(PAGE, most - rows.length);
    const next = await page(limit, rows.length);
    rows.push(...next);
    if (next.length < limit) break;
  }
  return rows;
}
