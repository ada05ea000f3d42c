/** Time and identity, so that tests can hold both. */
export interface Clock {
  now(): Date;
  /** A new UUIDv7: later ids sort after earlier ones. */
  newId(): string;
}
