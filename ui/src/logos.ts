import type { AxiosInstance } from 'axios';

const COLOURS = ['#2457d6', '#0f766e', '#9333ea', '#b45309', '#be123c', '#4d7c0f', '#0369a1', '#6d28d9'];

/** Logos that answers name lie on other hosts, and the page calls no other host: each thing gets its first letter instead. */
export function useOwnLogos(instance: AxiosInstance): void {
  instance.interceptors.response.use((response) => {
    replaceLogos(response.data);
    return response;
  });
}

function replaceLogos(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const entity = value as Record<string, unknown>;
  if (typeof entity['logo_url'] === 'string')
    entity['logo_url'] = letterLogo(String(entity['name'] ?? entity['type'] ?? '?'));
  for (const child of Object.values(entity)) replaceLogos(child);
}

function letterLogo(name: string): string {
  const colour = COLOURS[[...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLOURS.length];
  const letter = /[a-z0-9]/i.exec(name)?.[0]?.toUpperCase() ?? '?';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="6" fill="${colour}"/><text x="20" y="28" font-family="sans-serif" font-size="22" font-weight="600" fill="#fff" text-anchor="middle">${letter}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
