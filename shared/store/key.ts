/** Where an item lives. Built in `keys.ts` and nowhere else. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}
