import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDigestOf, readReference } from '../../../../shared/targets/modal/registry-digest.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

/** A registry that gives anybody a token, as Docker Hub does. */
class FakeRegistry {
  readonly requests: { method: string; url: string; authorization: string | null }[] = [];
  /** What the challenge asks for; null for no authentication. */
  challenge: ((url: string) => string) | null = (url) => `Bearer realm="${url}/token",service="registry",scope="pull"`;
  digest: string | null = DIGEST;
  status = 200;
  readonly #server: Server = createServer((request, response) => {
    const authorization = request.headers.authorization ?? null;
    this.requests.push({ method: request.method ?? '', url: request.url ?? '', authorization });
    if (request.url?.startsWith('/token')) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ token: 'anybody' }));
      return;
    }
    if (this.challenge && authorization !== 'Bearer anybody') {
      response.writeHead(401, { 'www-authenticate': this.challenge(this.url) }).end();
      return;
    }
    if (this.digest && this.#accepts(request)) response.setHeader('docker-content-digest', this.digest);
    response.writeHead(this.status).end();
  });

  listen = () => new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  close = () => void this.#server.close();

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Without the list types a registry answers with the digest of one platform's manifest, or not at all. */
  #accepts({ headers }: IncomingMessage): boolean {
    return headers.accept?.includes('application/vnd.oci.image.index.v1+json') ?? false;
  }
}

let registry: FakeRegistry;
beforeEach(async () => {
  registry = new FakeRegistry();
  await registry.listen();
});
afterEach(() => registry.close());
const resolver = (nowMs = () => 0) => createDigestOf({ urlOf: () => registry.url, nowMs });

describe('the digest of an image', () => {
  it('is asked for with a token that anybody may have', async () => {
    expect(await resolver()('me/flows:1')).toEqual({ image: `me/flows@${DIGEST}`, warning: null });
    expect(registry.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'HEAD /v2/me/flows/manifests/1',
      'GET /token?service=registry&scope=pull',
      'HEAD /v2/me/flows/manifests/1',
    ]);
  });

  it('is kept for five minutes', async () => {
    let nowMs = 0;
    const digestOf = resolver(() => nowMs);
    registry.challenge = null;

    await digestOf('me/flows:1');
    nowMs = 299_000;
    await digestOf('me/flows:1');
    expect(registry.requests).toHaveLength(1);

    nowMs = 301_000;
    await digestOf('me/flows:1');
    expect(registry.requests).toHaveLength(2);
  });

  it('is not asked for where the image names one', async () => {
    const image = `me/flows:1@${DIGEST}`;

    expect(await resolver()(image)).toEqual({ image, warning: null });
    expect(registry.requests).toEqual([]);
  });

  it.each<[string, (registry: FakeRegistry) => void, RegExp]>([
    ['wants a password', (one) => (one.challenge = () => 'Basic realm="x"'), /asks for credentials/],
    ['sends to a token service elsewhere', (one) => (one.challenge = () => 'Bearer realm="ftp://x/y"'), /not on HTTPS/],
    ['does not know it', (one) => (one.status = 404), /answered 404/],
    ['limits requests', (one) => (one.status = 429), /answered 429/],
    ['gives none', (one) => (one.digest = null), /no digest/],
    ['gives something else', (one) => (one.digest = 'latest'), /no digest/],
  ])('is left out, with the reason, when the registry %s', async (_, spoil, reason) => {
    spoil(registry);

    const { image, warning } = await resolver()('me/flows:1');

    expect(image).toBe('me/flows:1');
    expect(warning).toMatch(reason);
  });
});

describe('the name of an image', () => {
  it.each([
    ['python', 'registry-1.docker.io', 'library/python', 'latest'],
    ['python:3.12', 'registry-1.docker.io', 'library/python', '3.12'],
    ['docker.io/prefecthq/prefect:3-latest', 'registry-1.docker.io', 'prefecthq/prefect', '3-latest'],
    ['prefecthq/prefect', 'registry-1.docker.io', 'prefecthq/prefect', 'latest'],
    ['ghcr.io/me/flows:1', 'ghcr.io', 'me/flows', '1'],
    ['localhost:5000/flows', 'localhost:5000', 'flows', 'latest'],
    ['1.dkr.ecr.eu-west-1.amazonaws.com/a/b/c:x', '1.dkr.ecr.eu-west-1.amazonaws.com', 'a/b/c', 'x'],
  ])('%s means %s, %s, %s', (image, host, repository, tag) => {
    expect(readReference(image)).toMatchObject({ host, repository, tag });
  });
});
