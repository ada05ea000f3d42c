import { EventResource } from '../../domain/jinja/resources.ts';
import { type Filter, Thing, text, type Value } from '../../domain/jinja/values.ts';

/** Where Prefect's pages show a thing of this kind; `{id}` is its id, `{name}` its name, `{day}` when it occurred. */
const PAGES: Readonly<Record<string, string>> = {
  flow: 'flows/flow/{id}',
  'flow-run': 'runs/flow-run/{id}',
  'task-run': 'runs/task-run/{id}',
  'work-pool': 'work-pools/work-pool/{name}',
  'work-queue': 'work-queues/work-queue/{id}',
  'concurrency-limit': 'concurrency-limits/concurrency-limit/{id}',
  deployment: 'deployments/deployment/{id}',
  automation: 'automations/automation/{id}',
  event: 'events/event/{day}/{id}',
};
const RUN_LINK = /flow-run\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/;

const fieldOf = (value: Value, name: string): string =>
  value instanceof Thing ? text(value.attribute(name) ?? null) : '';

export const pagesOf = (apiUrl: string): string => apiUrl.replace(/\/api\/?$/, '');

/** The page of an event. */
export function eventPage(
  apiUrl: string,
  { id, occurred }: { readonly id: string; readonly occurred: string },
): string {
  return `${pagesOf(apiUrl)}/events/event/${occurred.slice(0, 10)}/${id}`;
}

/**
 * The filters that Prefect's server adds to Jinja's for actions: `ui_url`, `ui_resource_events_url` and `flow_run_id`. `context` is
 * what the template sees, under the names that Prefect gives; its things are known again by their ids. Each gives
 * null for what it knows nothing of, which is less than what Prefect's give null for: its own have no page for a deployment.
 */
export function templateFilters(apiUrl: string, context: Readonly<Record<string, unknown>>): Record<string, Filter> {
  const pages = pagesOf(apiUrl);
  const kinds = new Map<string, string>();
  for (const [name, value] of Object.entries(context)) {
    const kind = name.replaceAll('_', '-');
    if (PAGES[kind] && value instanceof Thing) kinds.set(fieldOf(value, 'id'), kind);
  }
  const identify = (value: Value): { kind: string; id: string } | null => {
    const id = fieldOf(value, 'id');
    const known = kinds.get(id);
    if (known) return { kind: known, id };
    const resource = /^prefect\.([a-z-]+)\.(.+)$/.exec(id);
    return resource && { kind: resource[1]!, id: resource[2]! };
  };
  return {
    ui_url: (value) => {
      const found = identify(value);
      const page = found && PAGES[found.kind];
      if (!found || !page) return null;
      const values: Record<string, string> = {
        id: found.id,
        name: fieldOf(value, 'name'),
        day: fieldOf(value, 'occurred').slice(0, 10),
      };
      return `${pages}/${page.replace(/\{(\w+)\}/g, (_, name: string) => values[name] || found.id)}`;
    },
    ui_resource_events_url: (value) => {
      const id = fieldOf(value, 'id');
      const kind = kinds.get(id);
      if (kind) return `${pages}/events?resource=prefect.${kind}.${id}`;
      return value instanceof EventResource ? `${pages}/events?resource=${id}` : null; // whosever it is
    },
    flow_run_id: (value) => (typeof value === 'string' ? (RUN_LINK.exec(value)?.[1] ?? null) : null),
  };
}
