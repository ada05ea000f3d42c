import { parseTemplate } from '../jinja/parse.ts';
import { boundLoops, TemplateError } from './template-bounds.ts';
import { tokenProblem } from './template-tokens.ts';

/** What is wrong with a template, as Prefect's form shows it. */
export interface TemplateProblem {
  /** Counted from 1; 0 for what concerns the whole template. */
  line: number;
  message: string;
}

/** Blocks and what may stand in them before their end. */
const BLOCKS: Record<string, string[]> = {
  if: ['elif', 'else', 'endif'],
  for: ['endfor', 'else'],
  macro: ['endmacro'],
  call: ['endcall'],
  filter: ['endfilter'],
  set: ['endset'],
};
const ALONE = new Set(['break', 'continue', 'do']);

/**
 * The first problem of a Jinja template, or null when it can be read. Tags are matched here, with Jinja's own words for what
 * is missing; expressions are given to the parser, whose words differ from Jinja's.
 */
export function validateTemplate(template: string): TemplateProblem | null {
  const open: string[] = [];
  let line = 1;
  for (let at = template.search(/\{[{%#]/); at !== -1; at = nextTag(template, at)) {
    line = lineOf(template, at);
    const isPrint = template.startsWith('{{', at);
    const problem = (isPrint ? tokenProblem(template, at) : null) ?? tagProblem(template.slice(at), open);
    if (problem) return { line, message: problem };
    at = endOfTag(template, at) - 1;
  }
  const innermost = open.at(-1);
  if (innermost !== undefined) return { line, message: `Unexpected end of template. ${lookingFor(innermost)}` };
  return loopProblem(template);
}

function nextTag(template: string, after: number): number {
  const found = template.slice(after + 1).search(/\{[{%#]/);
  return found === -1 ? -1 : after + 1 + found;
}

/** The place behind the tag that begins at `at`; `raw` reaches to its end tag. */
function endOfTag(template: string, at: number): number {
  const raw = /^\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}/s.exec(template.slice(at));
  if (raw) return at + raw[0].length;
  const close = { '{{': '}}', '{%': '%}', '{#': '#}' }[template.slice(at, at + 2)] ?? '}}';
  const end = template.indexOf(close, at + 2);
  return end === -1 ? template.length : end + 2;
}

function tagProblem(rest: string, open: string[]): string | null {
  if (rest.startsWith('{#')) return rest.includes('#}') ? null : 'Missing end of comment tag';
  const isPrint = rest.startsWith('{{');
  const end = endOfTag(rest, 0);
  const tag = rest.slice(0, end);
  if (!tag.endsWith(isPrint ? '}}' : '%}')) {
    return `unexpected end of template, expected 'end of ${isPrint ? 'print statement' : 'statement block'}'.`;
  }
  if (isPrint) return expressionProblem(tag);
  const name = /^\{%[-+]?\s*(\w+)/.exec(tag)?.[1] ?? '';
  return name === 'raw' ? null : statementProblem(name, tag, open);
}

/** Opens and closes blocks, and says when a tag has no business here. */
function statementProblem(name: string, tag: string, open: string[]): string | null {
  const innermost = open.at(-1);
  if (innermost !== undefined && BLOCKS[innermost]?.includes(name)) {
    if (name.startsWith('end')) open.pop();
    return null;
  }
  if (ALONE.has(name)) return null;
  if (!BLOCKS[name]) {
    return `Encountered unknown tag '${name}'.${innermost === undefined ? '' : ` ${lookingFor(innermost)}`}`;
  }
  const assignsInline = name === 'set' && tag.includes('=');
  if (!assignsInline) open.push(name);
  return expressionProblem(assignsInline ? tag : `${tag}{% end${name} %}`);
}

function expressionProblem(fragment: string): string | null {
  try {
    parseTemplate(fragment);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function loopProblem(template: string): TemplateProblem | null {
  try {
    boundLoops(parseTemplate(template));
    return null;
  } catch (error) {
    if (error instanceof TemplateError) return { line: 0, message: error.message };
    return null; // each tag has been read: what the parser lacks (`raw`) is no fault of the template
  }
}

const lookingFor = (block: string): string =>
  `Jinja was looking for the following tags: ${(BLOCKS[block] ?? []).map((tag) => `'${tag}'`).join(' or ')}. ` +
  `The innermost block that needs to be closed is '${block}'.`;

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;
