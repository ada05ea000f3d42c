/** The Prefect version in a client's user agent (`prefect/3.8.8 (API 0.8.4)`), null for other clients. */
export function clientVersion(headers: Readonly<Record<string, string | undefined>>): string | null {
  return /^prefect\/(\d+\.\d+\.\d+\S*) \(API \S+\)$/.exec(headers['user-agent'] ?? '')?.[1] ?? null;
}
