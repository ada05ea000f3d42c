/** Prefect's page size, and the most a client may ask for. */
export const PAGE_LIMIT = 200;

/** What Prefect says of a number of rows outside 0…200; null when it is inside. */
export function pageSizeProblem(limit: number): string | null {
  if (limit > PAGE_LIMIT) return `Invalid limit: must be less than or equal to ${PAGE_LIMIT}.`;
  return limit < 0 ? 'Invalid limit: must be greater than or equal to 0.' : null;
}
