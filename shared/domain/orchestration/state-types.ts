import { STATE_TYPES, type StateType, TERMINAL_STATE_TYPES } from '../states.ts';
import type { StateTypes } from './transition.ts';

/** Every state type, and a run that has no state yet. */
export const ANY: StateTypes = new Set([...STATE_TYPES, null]);
export const TERMINAL: StateTypes = TERMINAL_STATE_TYPES;

export function only(...types: readonly StateType[]): StateTypes {
  return new Set(types);
}

export function anyBut(...types: readonly StateType[]): StateTypes {
  const excluded: StateTypes = new Set(types);
  return new Set([...ANY].filter((type) => !excluded.has(type)));
}
