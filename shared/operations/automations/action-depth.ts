import { AsyncLocalStorage } from 'node:async_hooks';

/** More automations than this in a row are a loop. */
export const MOST_IN_A_ROW = 3;

const depth = new AsyncLocalStorage<number>();

/** How many automations stand between what happens now and something that no automation did. */
export const actionDepth = (): number => depth.getStore() ?? 0;

/** Runs the work of an automation: the events it makes, be it by changing states, know how deep they are. */
export const atDepth = <T>(value: number, work: () => Promise<T>): Promise<T> => depth.run(value, work);
