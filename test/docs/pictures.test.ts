import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');
const LARGEST_BYTES = 150_000;

describe('the pictures of the README', () => {
  const named = [
    ...readFileSync(path.join(ROOT, 'README.md'), 'utf8').matchAll(/!\[[^\]]+\]\((docs\/pictures\/[^)]+)\)/g),
  ];

  it('are there, each with words for who does not see it, and small', () => {
    expect(named.length).toBeGreaterThan(0);
    for (const [, file] of named) expect(statSync(path.join(ROOT, file!)).size, file).toBeLessThan(LARGEST_BYTES);
  });
});
