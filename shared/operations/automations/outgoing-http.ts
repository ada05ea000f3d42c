import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly seconds: number;
  /** False refuses addresses that are not public. */
  readonly allowPrivate: boolean;
}

export interface IncomingAnswer {
  readonly status: number;
  readonly body: string;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One request to somebody else's server. Throws when there is no answer in time, or when the address is not allowed. */
export async function sendRequest(request: OutgoingRequest): Promise<IncomingAnswer> {
  const { method, url, headers, body, seconds } = request;
  if (!request.allowPrivate) await refusePrivate(new URL(url).hostname);
  const answer = await fetch(url, {
    method,
    headers,
    body,
    signal: AbortSignal.timeout(seconds * 1000),
    redirect: 'manual',
  });
  return { status: answer.status, body: await answer.text(), headers: Object.fromEntries(answer.headers) };
}

async function refusePrivate(host: string): Promise<void> {
  const bare = host.replace(/^\[|\]$/g, '');
  const addresses = isIP(bare) ? [{ address: bare }] : await lookup(bare, { all: true });
  for (const { address } of addresses) {
    if (!PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) continue;
    throw new Error(`"${host}" is a private address, which the block does not allow (allow_private_urls).`);
  }
}

const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv6');
