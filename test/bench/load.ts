import { Agent, request } from 'node:http';

/** How one kind of request went. */
export interface Load {
  readonly perSecond: number;
  /** Milliseconds until the answer was read whole. */
  readonly p50: number;
  readonly p95: number;
  /** What was not answered with success, in a few words each. */
  readonly errors: readonly string[];
}

export interface Ask {
  readonly method: 'GET' | 'POST';
  /** Under the API's address. */
  readonly route: string;
  readonly body?: unknown;
}

/** Clients that keep their connection and ask one after the other, each as fast as it is answered. */
export interface Clients {
  /** Asks everything once, shared out among the clients; the answers in the order of `asks`. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the API sends
  run(asks: readonly Ask[]): Promise<{ load: Load; answers: any[] }>;
  close(): void;
}

export function startClients(apiUrl: string, count: number): Clients {
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  return {
    async run(asks) {
      const times: number[] = [];
      const errors: string[] = [];
      const answers: unknown[] = new Array(asks.length);
      let next = 0;
      const client = async () => {
        while (next < asks.length) {
          const place = next++;
          const begun = performance.now();
          const { status, text } = await send(agent, apiUrl, asks[place]!);
          times.push(performance.now() - begun);
          if (status >= 200 && status < 300) answers[place] = text === '' ? null : JSON.parse(text);
          else errors.push(`${status} ${text.slice(0, 200)}`);
        }
      };
      const begun = performance.now();
      await Promise.all(Array.from({ length: count }, client));
      const seconds = (performance.now() - begun) / 1000;
      times.sort((a, b) => a - b);
      const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
      return { load: { perSecond: asks.length / seconds, p50: at(0.5), p95: at(0.95), errors }, answers };
    },
    close: () => agent.destroy(),
  };
}

function send(agent: Agent, apiUrl: string, { method, route, body }: Ask): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const failed = (error: Error) => resolve({ status: 0, text: error.message });
    const asked = request(
      `${apiUrl}${route}`,
      { agent, method, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        answer.on('error', failed);
      },
    );
    asked.on('error', failed);
    asked.end(text);
  });
}
