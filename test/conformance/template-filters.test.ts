import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { renderTemplate } from '../../shared/domain/parameters/templates.ts';
import { templateFilters } from '../../shared/operations/automations/template-filters.ts';

const UI = 'https://prefect.test';
const idAt = (place: number) => `0194a5c8-0000-7000-8000-${String(place).padStart(12, '0')}`;
const resource = { id: 'order.1', name: 'o', labels: {} };
/** The same things as in `template-filters.py`. */
const THINGS = ['flow', 'flow_run', 'task_run', 'work_pool', 'work_queue', 'automation'];
const CONTEXT = {
  ...Object.fromEntries(THINGS.map((name, place) => [name, { id: idAt(place), name: `n${place}` }])),
  event: { id: idAt(9), occurred: '2030-01-02T03:00:00.000000Z', event: 'x', resource },
};

/** Left out is what Prefect's filters do not know and ours do: deployments, limits, the events of a flow run. */
const TEMPLATES = [
  ...[...THINGS, 'event'].map((name) => `at {{ ${name} | ui_url }}.`),
  ...THINGS.filter((name) => name !== 'flow_run').map((name) => `{{ ${name}|ui_resource_events_url }}`),
  '{{ event.resource|ui_resource_events_url }}',
  `{{ 'a run: runs/flow-run/${idAt(7)}.' | flow_run_id }}`,
  "{% if flow_run|ui_url and not (''|flow_run_id) %}{{ flow_run.name | upper }}{% endif %}",
];

describe('the filters that Prefect adds for the templates of actions', () => {
  it('give what its own give', async () => {
    const python = path.join(await ensureVenv(PREFECT), 'python');
    const theirs = execFileSync(python, [path.join(import.meta.dirname, 'template-filters.py')], {
      input: JSON.stringify(TEMPLATES),
      env: { ...process.env, PREFECT_UI_URL: UI, PREFECT_API_URL: `${UI}/api` },
    });
    const context = { ...CONTEXT, ...templateFilters(`${UI}/api`, CONTEXT) };

    expect(TEMPLATES.map((template) => renderTemplate(template, context))).toEqual(JSON.parse(theirs.toString()));
  });
});
