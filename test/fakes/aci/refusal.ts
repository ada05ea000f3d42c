import { Refusal } from '../http-cloud.ts';

/** Azure says no. */
export function refuse(status: number, code: string, message: string): never {
  throw new Refusal({ status, body: { error: { code, message, details: [] } } });
}
