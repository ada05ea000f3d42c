/** An image by digest where its tag could be resolved; otherwise as it was named, and why, for the run's log. */
export interface Pinned {
  readonly image: string;
  readonly warning: string | null;
}

export type DigestOf = (image: string) => Promise<Pinned>;

export interface RegistryOptions {
  /** @default https://{host} */
  readonly urlOf?: (host: string) => string;
  readonly nowMs?: () => number;
}

const KEEP_MS = 5 * 60 * 1000;
const TIMEOUT_MS = 3000;
const MAX_KNOWN = 500;
const DOCKER_HUB = 'docker.io';
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/**
 * Resolves tags to digests at the registry, anonymously, and remembers each for 5 minutes: Modal caches an image by its name,
 * so that a tag which was pushed again would go unnoticed (targets.md 2.4). Never throws: a registry that does not answer, or
 * asks for credentials that only Modal has, costs the pinning and nothing else.
 */
export function createDigestOf({
  urlOf = (host) => `https://${host}`,
  nowMs = Date.now,
}: RegistryOptions = {}): DigestOf {
  const known = new Map<string, { readonly pinned: Pinned; readonly untilMs: number }>();
  return async (image) => {
    const place = readReference(image);
    if (!place) return { image, warning: null };
    const kept = known.get(image);
    if (kept && kept.untilMs > nowMs()) return kept.pinned;
    try {
      const digest = await digestAt(urlOf(place.host), place);
      const pinned = { image: `${place.name}@${digest}`, warning: null };
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(image, { pinned, untilMs: nowMs() + KEEP_MS });
      return pinned;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const warning = `The tag of the image ${image} was not resolved to a digest (${reason}). If the tag was pushed again, Modal may run the image that it built before: name the image by digest.`;
      return { image, warning };
    }
  };
}

interface Reference {
  /** As written, without the tag. */
  readonly name: string;
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
}

/** Null for an image that is named by digest already. Docker's rules: what looks like a host is one, else it is Docker Hub. */
export function readReference(image: string): Reference | null {
  if (image.includes('@')) return null;
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost';
  const colon = image.lastIndexOf(':');
  const tagged = colon > image.lastIndexOf('/');
  const name = tagged ? image.slice(0, colon) : image;
  const path = hasHost ? name.slice(slash + 1) : name;
  const hub = !hasHost || first === DOCKER_HUB || first === 'index.docker.io';
  return {
    name,
    host: hub ? 'registry-1.docker.io' : first,
    repository: hub && !path.includes('/') ? `library/${path}` : path,
    tag: tagged ? image.slice(colon + 1) : 'latest',
  };
}

async function digestAt(registry: string, { repository, tag }: Reference): Promise<string> {
  const url = `${registry}/v2/${repository}/manifests/${tag}`;
  let answer = await head(url, null);
  if (answer.status === 401) {
    const token = await anonymousToken(answer.headers.get('www-authenticate') ?? '', registry);
    answer = await head(url, token);
  }
  const digest = answer.headers.get('docker-content-digest');
  if (!answer.ok) throw new Error(`the registry answered ${answer.status}`);
  if (!digest || !/^[a-z0-9]+:[0-9a-f]{32,}$/.test(digest)) throw new Error('the registry gave no digest');
  return digest;
}

const head = (url: string, token: string | null): Promise<Response> =>
  fetch(url, {
    method: 'HEAD',
    headers: { Accept: MANIFESTS, ...(token && { Authorization: `Bearer ${token}` }) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });

/** A token as anybody may have one, from where the registry's challenge points to. */
async function anonymousToken(challenge: string, registry: string): Promise<string> {
  const values = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
  const realm = values['realm'];
  if (!/^Bearer /i.test(challenge) || !realm) throw new Error('the registry asks for credentials');
  const url = new URL(realm);
  if (url.protocol !== new URL(registry).protocol) throw new Error("the registry's token service is not on HTTPS");
  for (const key of ['service', 'scope']) if (values[key]) url.searchParams.set(key, values[key]);
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`the registry's token service answered ${answer.status}`);
  const body = (await answer.json()) as { token?: string; access_token?: string };
  const token = body.token ?? body.access_token;
  if (!token) throw new Error("the registry's token service gave no token");
  return token;
}
