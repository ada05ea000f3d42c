import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTables, withValue } from '../../../cli/settings/toml.ts';

const key = fc.stringMatching(/^[A-Z][A-Z_]{0,10}$/);
const table = fc.constantFrom('', 'profiles.local', 'profiles.my profile', 'profiles.a-b');
const edit = fc.record({ table, key, value: fc.option(fc.string({ maxLength: 20 })) });

describe("Prefect's profiles file", () => {
  it('is read with comments, quotes, booleans and tables', () => {
    const tables = readTables(`
      active = "local" # the one in use
      [profiles.local]
      PREFECT_API_URL = 'http://127.0.0.1:4200/api'
      PREFECT_API_KEY = "a\\"b#c"
      PREFECT_FLAG = true
      [profiles."my profile"]
      PREFECT_API_URL="x"
    `);

    expect(tables.get('')?.get('active')).toBe('local');
    expect(Object.fromEntries(tables.get('profiles.local')!)).toEqual({
      PREFECT_API_URL: 'http://127.0.0.1:4200/api',
      PREFECT_API_KEY: 'a"b#c',
      PREFECT_FLAG: 'true',
    });
    expect(tables.get('profiles.my profile')?.get('PREFECT_API_URL')).toBe('x');
  });

  it('keeps what was written last under each key, whatever was written before', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        const expected = new Map<string, string>();
        let text = '';
        for (const { table, key, value } of edits) {
          text = withValue(text, table, key, value);
          if (value === null) expected.delete(`${table}|${key}`);
          else expected.set(`${table}|${key}`, value);
        }

        const read = [...readTables(text)].flatMap(([table, values]) =>
          [...values].map(([key, value]) => [`${table}|${key}`, value] as const),
        );
        expect(new Map(read)).toEqual(expected);
      }),
    );
  });

  it('leaves every other line as it is', () => {
    const text = '# mine\nactive = "a"\n\n[profiles.a]\nX = "1" # keep\nLIST = [1,\n 2]\n\n[profiles.b]\nX = "2"\n';

    expect(withValue(text, 'profiles.a', 'Y', '3')).toBe(text.replace(' 2]\n', ' 2]\nY = "3"\n'));
    expect(withValue(text, 'profiles.b', 'X', null)).toBe(text.replace('X = "2"\n', ''));
  });
});
