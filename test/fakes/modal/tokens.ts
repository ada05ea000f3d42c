import { StatusError } from './faults.ts';
import type { Metadata, Method } from './wire.ts';

const HOUR = 3600;
/** What every call carries, of either client (`8` is the one for JavaScript, `1` the one for Python). */
const ALWAYS = ['x-modal-client-type', 'x-modal-client-version', 'x-modal-token-id', 'x-modal-token-secret'];

/** Who may call: token pairs, and the short-lived token that `AuthTokenGet` gives for them. */
export class Admission {
  readonly tokens = new Map([['ak-test', 'as-test']]);
  /** What no correct client does. */
  readonly violations: string[] = [];
  readonly #minted = new Set<string>();

  /** Shaped like a JWT, good for an hour of the wall's clock: clients compare `exp` with theirs. */
  mint(): string {
    const claims = { exp: Math.floor(Date.now() / 1000) + HOUR, n: this.#minted.size };
    const token = ['e30', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'c2ln'].join('.');
    this.#minted.add(token);
    return token;
  }

  check(method: Method, metadata: Metadata): void {
    for (const name of ALWAYS) if (!metadata[name]) this.#violation(method, `no ${name}`);
    const { 'x-modal-token-id': id = '', 'x-modal-token-secret': secret, 'x-modal-auth-token': token } = metadata;
    if (this.tokens.get(id) !== secret) {
      throw new StatusError('UNAUTHENTICATED', 'Token ID is malformed or the token secret is wrong');
    }
    const first = method === 'AuthTokenGet' || method === 'ClientHello' || metadata['x-modal-client-type'] !== '8';
    if (!first && !this.#minted.has(token ?? '')) this.#violation(method, 'no x-modal-auth-token of ours');
  }

  #violation(method: Method, what: string): never {
    this.violations.push(`${method}: ${what}`);
    throw new StatusError('UNAUTHENTICATED', `${method}: ${what}`);
  }
}
