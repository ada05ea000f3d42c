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
  /** What is done with the page's cloud, which a fake plays, in the order of the page. */
  readonly cloud: readonly (Step | FileStep)[];
  /** Commands that need a cloud or something else that is not here. */
  readonly elsewhere: readonly Step[];
}

const FENCE = /^```(\w+)?(?: +(\S+))?$/;

/**
 * Reads a page: blocks fenced as `console` are run here, as `console cloud` with a fake of the page's cloud, as `console elsewhere` by
 * nobody; a block with a file name after its language (`yaml prefect.yaml`) is that file.
 */
export function readPage(file: string): Page {
  const steps: (Step | FileStep)[] = [];
  const cloud: (Step | FileStep)[] = [];
  const elsewhere: Step[] = [];
  const lines = readFileSync(path.join(ROOT, file), 'utf8').split('\n');
  for (let at = 0; at < lines.length; at++) {
    const open = FENCE.exec(lines[at] ?? '');
    if (!open) continue;
    const end = lines.indexOf('```', at + 1);
    const block = lines.slice(at + 1, end);
    const [, language, word] = open;
    if (language === 'console') {
      const list = word === undefined ? steps : word === 'cloud' ? cloud : elsewhere;
      list.push(...commandsOf(block, at + 2));
    } else if (word !== undefined) {
      for (const list of [steps, cloud]) list.push({ file: word, text: `${block.join('\n')}\n` });
    }
    at = end;
  }
  return { name: file, steps, cloud, elsewhere };
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

/** What a step lacks of what its page says comes of it, with all that came; null when nothing does. */
export function shortfall(page: string, step: Step, came: { output: string; exitCode: number | null }) {
  const missing = missingLines(step.output, came.output);
  if (missing.length === 0 && came.exitCode === step.exitCode) return null;
  return { at: `${page}:${step.line}`, missing, ...came };
}

/** The lines of the page that did not come out, in their order. */
function missingLines(expected: readonly string[], output: string): string[] {
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
