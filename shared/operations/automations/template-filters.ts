import { FILTER } from '../../domain/parameters/templates.ts';

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

/** What a template hands to a filter: an object comes as a map of wrapped values. */
type Given = ReadonlyMap<string, { readonly value: unknown }> | string | null | undefined;

/**
 * The filters that Prefect's server adds to Jinja's for actions: `ui_url`, `ui_resource_events_url` and `flow_run_id`. `context` is
 * what the template sees, under the names that Prefect gives; its things are known again by their ids. Each gives
 * null for what it knows nothing of, which is less than what Prefect's give null for: its own have no page for a deployment.
 */
export function templateFilters(apiUrl: string, context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const pages = apiUrl.replace(/\/api\/?$/, '');
  const kinds = new Map<unknown, string>();
  for (const [name, value] of Object.entries(context)) {
    const kind = name.replaceAll('_', '-');
    if (PAGES[kind] && value !== null && typeof value === 'object' && 'id' in value) kinds.set(value.id, kind);
  }
  const identify = (given: Given): { kind: string; id: string } | null => {
    if (!(given instanceof Map)) return null;
    const id = given.get('id')?.value;
    const known = kinds.get(id);
    if (known) return { kind: known, id: String(id) };
    const resource = /^prefect\.([a-z-]+)\.(.+)$/.exec(String(id));
    return resource && { kind: resource[1]!, id: resource[2]! };
  };
  return {
    [`${FILTER}ui_url`]: (given: Given) => {
      const found = identify(given);
      const page = found && PAGES[found.kind];
      if (!found || !page || !(given instanceof Map)) return null;
      const values: Record<string, unknown> = {
        id: found.id,
        name: given.get('name')?.value,
        day: String(given.get('occurred')?.value).slice(0, 10),
      };
      return `${pages}/${page.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? found.id))}`;
    },
    [`${FILTER}ui_resource_events_url`]: (given: Given) => {
      if (!(given instanceof Map)) return null;
      const id = given.get('id')?.value;
      const kind = kinds.get(id);
      if (kind) return `${pages}/events?resource=prefect.${kind}.${id}`;
      return given.has('labels') ? `${pages}/events?resource=${id}` : null; // a resource of the event, whosever it is
    },
    [`${FILTER}flow_run_id`]: (given: Given) =>
      typeof given === 'string' ? (RUN_LINK.exec(given)?.[1] ?? null) : null,
  };
}
