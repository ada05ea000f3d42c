import type { IncomingMessage } from 'node:http';

/** Why a request is not served, or null when it is. */
export type Admission = (request: IncomingMessage) => string | null;

export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * An open home asks nobody for a key, so a web page in the same person's browser must not reach it: not by sending a form or a
 * script's request (its `Origin` is elsewhere), not by a name that resolves to 127.0.0.1 (its `Host` is elsewhere).
 */
export const fromThisMachine: Admission = ({ headers }) => {
  const host = (headers.host ?? 'localhost').replace(/:\d+$/, '');
  if (!isLoopback(host)) return `This home is open on this machine alone, not as ${host}.`;
  const { origin } = headers;
  if (origin === undefined) return null;
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname)
    ? null
    : `This home is open and takes no requests from pages of ${origin}.`;
};

/** With keys there is no more to ask here. */
export const fromAnywhere: Admission = () => null;
