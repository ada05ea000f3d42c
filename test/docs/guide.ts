import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../suites.ts';

/** A command of a page and what the page says comes of it. */
export interface Step {
  /** As typed. */
  readonly command: string;
  /** Lines that must come out in this order; `…` stands for anything. */
  readonly output: readonly string[];
  readonly exitCode: number;
  /** Of the page, for messages. */
  readonly line: number;
}

/** A file that the page says to write. */
export interface FileStep {
  readonly file: string;
  readonly text: string;
}

export interface Page {
  readonly name: string;
  /** What is done on this machine, in the order of the page. */
  readonly steps: readonly (Step | FileStep)[];
  /** Commands that need a cloud or something else that is not here. */
  readonly elsewhere: readonly Step[];
}

const FENCE = /^```(\w+)?(?: +(\S+))?$/;

/**
 * Reads a page: blocks fenced as `console` are run here, as `console aws` (or any other word) elsewhere; a block with a file name after
 * its language (`yaml prefect.yaml`) is that file.
 */
export function readPage(file: string): Page {
  const steps: (Step | FileStep)[] = [];
  const elsewhere: Step[] = [];
  const lines = readFileSync(path.join(ROOT, file), 'utf8').split('\n');
  for (let at = 0; at < lines.length; at++) {
    const open = FENCE.exec(lines[at] ?? '');
    if (!open) continue;
    const end = lines.indexOf('```', at + 1);
    const block = lines.slice(at + 1, end);
    const [, language, word] = open;
    if (language === 'console') (word === undefined ? steps : elsewhere).push(...commandsOf(block, at + 2));
    else if (word !== undefined) steps.push({ file: word, text: `${block.join('\n')}\n` });
    at = end;
  }
  return { name: file, steps, elsewhere };
}

function commandsOf(block: readonly string[], firstLine: number): Step[] {
  const found: { command: string; output: string[]; exitCode: number; line: number }[] = [];
  for (const [index, line] of block.entries()) {
    const last = found.at(-1);
    const code = /^\[exit code (\d+)\]$/.exec(line)?.[1];
    if (line.startsWith('$ ')) found.push({ command: line.slice(2), output: [], exitCode: 0, line: firstLine + index });
    else if (last && code !== undefined) last.exitCode = Number(code);
    else if (last && line.trim() !== '') last.output.push(line);
  }
  return found;
}

/** The lines of the page that did not come out, in their order. */
export function missingLines(expected: readonly string[], output: string): string[] {
  const lines = output.split('\n').map(plain);
  let from = 0;
  return expected.filter((line) => {
    const pattern = new RegExp(
      `^${plain(line)
        .split('…')
        .map((part) => part.trim().split(' ').map(escaped).join(' +'))
        .join('.*')}$`,
    );
    const at = lines.findIndex((candidate, index) => index >= from && pattern.test(candidate));
    if (at < 0) return true;
    from = at + 1;
    return false;
  });
}

/** Columns are as wide as what stands in them: any blanks are one. */
const plain = (line: string) => line.trim().replaceAll(/\s+/g, ' ');
const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Every page that shows commands. */
export const PAGES = [
  'README.md',
  ...readdirSync(path.join(ROOT, 'docs/guide')).map((name) => `docs/guide/${name}`),
].filter((name) => name.endsWith('.md'));
