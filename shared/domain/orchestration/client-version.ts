/** Workers of these versions take the deployment's slot themselves (prefect-api 4.6). */
const TAKE_SLOTS_THEMSELVES: ReadonlySet<string> = new Set(['3.0.0rc20', '3.0.0', '3.0.1', '3.0.2', '3.0.3']);

export function takesSlotsItself(clientVersion: string | null): boolean {
  return clientVersion !== null && TAKE_SLOTS_THEMSELVES.has(clientVersion);
}

/** True for clients from 3.4.11 on, which renew the lease of their slot; unknown clients do not. */
export function renewsLeases(clientVersion: string | null): boolean {
  const match = /^(\d+)\.(\d+)\.(\d+)(.*)$/.exec(clientVersion ?? '');
  if (!match) return false;
  const [major, minor, patch] = match.slice(1, 4).map(Number) as [number, number, number];
  if (major !== 3) return major > 3;
  if (minor !== 4) return minor > 4;
  if (patch !== 11) return patch > 11;
  return !/^\.?(a|b|rc|dev)/.test(match[4] ?? '');
}
