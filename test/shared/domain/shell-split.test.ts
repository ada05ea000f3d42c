import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launcherCommand } from '../../../shared/domain/launcher.ts';
import { shellSplit } from '../../../shared/domain/shell-split.ts';

describe('shellSplit', () => {
  it.each([
    ['prefect flow-run execute', ['prefect', 'flow-run', 'execute']],
    ["sh -c 'echo hi; exit 0'", ['sh', '-c', 'echo hi; exit 0']],
    ['a "b c" d\\ e', ['a', 'b c', 'd e']],
    ['"a\\"b" \'c\\d\' "e\\f"', ['a"b', 'c\\d', 'e\\f']],
    ['\'\' x""y', ['', 'xy']],
    ['  \n ', []],
  ])('reads %j as Python does', (line, words) => {
    expect(shellSplit(line)).toEqual(words);
  });

  it('names a quote that is left open', () => {
    expect(() => shellSplit("sh -c 'echo")).toThrow(/without its end/);
  });

  it('gives back any words that were quoted for a shell', () => {
    const quoted = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`;

    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(shellSplit(words.map(quoted).join(' '))).toEqual(words);
      }),
    );
  });

  it("reads the launcher's command as python -c and its text", () => {
    expect(shellSplit(launcherCommand()).slice(0, 2)).toEqual(['python', '-c']);
    expect(shellSplit(launcherCommand())).toHaveLength(3);
  });
});
