import type { AuthClient } from 'google-auth-library';
import type { JsonObject } from '../../domain/json/json.ts';

const GOOGLE = /^https:\/\/[\w.-]+\.googleapis\.com(?=\/)/;

/** The same for the addresses in a federation's configuration: its exchange of tokens is sent by a client of its own. */
export const redirectUrls = (info: JsonObject, endpoint: string): JsonObject =>
  Object.fromEntries(
    Object.entries(info).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replace(GOOGLE, new URL(endpoint).origin) : value,
    ]),
  );

/** Sends to `endpoint` what was meant for Google, as it is. */
export function redirect(client: AuthClient, endpoint: string): void {
  const { origin } = new URL(endpoint);
  client.transporter.interceptors.request.add({
    async resolved(request) {
      const { pathname, search, hostname } = new URL(String(request.url));
      if (hostname.endsWith('.googleapis.com')) request.url = new URL(origin + pathname + search);
      return request;
    },
  });
}
