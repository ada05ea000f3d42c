/** Virtual time: what is due runs in its order, one after the other, and the clock moves only from one to the next. */
export class Clockwork {
  readonly #due: { at: number; order: number; work: () => Promise<void> }[] = [];
  #order = 0;
  #now: number;

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  now = (): Date => new Date(this.#now);

  at(time: Date, work: () => Promise<void>): void {
    this.#due.push({ at: Math.max(time.getTime(), this.#now), order: ++this.#order, work });
  }

  after(seconds: number, work: () => Promise<void>): void {
    if (Number.isFinite(seconds)) this.at(new Date(this.#now + seconds * 1000), work);
  }

  /** Runs what is due within this time; `done` ends it early. `settled` is called after each piece of work. */
  async runFor(
    seconds: number,
    options: { done?: () => Promise<boolean>; settled?: () => Promise<void> } = {},
  ): Promise<void> {
    const end = this.#now + seconds * 1000;
    for (;;) {
      if (await options.done?.()) return;
      const next = this.#due.sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next || next.at > end) break;
      this.#due.shift();
      this.#now = next.at;
      await next.work();
      await options.settled?.();
    }
    this.#now = end;
  }
}
