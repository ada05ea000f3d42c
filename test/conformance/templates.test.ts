import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { renderTemplate } from '../../shared/domain/parameters/templates.ts';
import { CONTEXT, contextOf, UI } from './template-context.ts';

/** Templates as people write them, and at the edges of the language; decision 083 says what they leave out. */
const TEMPLATES: string[] = JSON.parse(readFileSync(path.join(import.meta.dirname, 'templates.json'), 'utf8'));

describe('templates of actions', () => {
  it('become the texts, and fail with the errors, of Prefect’s own', async () => {
    const python = path.join(await ensureVenv(PREFECT), 'python');
    const answer = execFileSync(python, [path.join(import.meta.dirname, 'templates.py')], {
      input: JSON.stringify({ context: CONTEXT, templates: TEMPLATES }),
      env: { ...process.env, PREFECT_UI_URL: UI, PREFECT_API_URL: `${UI}/api`, PREFECT_LOGGING_LEVEL: 'CRITICAL' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const theirs: string[] = JSON.parse(answer.toString());
    const { context, rendering } = contextOf(new Date());
    const ours = TEMPLATES.map((template) => {
      try {
        return renderTemplate(template, context, rendering);
      } catch (error) {
        return `error: ${(error as Error).message}`;
      }
    });

    const besides = (texts: readonly string[]) => TEMPLATES.map((template, place) => [template, texts[place]]);
    expect(besides(ours)).toEqual(besides(theirs));
  });
});
