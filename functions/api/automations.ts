import { templateBody } from '../../shared/api/schemas/admin.ts';
import {
  automationCreate,
  automationPatch,
  automationsCountBody,
  automationsFilterBody,
  automationUpdate,
} from '../../shared/api/schemas/automations.ts';
import { validateTemplate } from '../../shared/domain/parameters/template-validation.ts';
import {
  automationsRelatedTo,
  countAutomations,
  createAutomation,
  deleteAutomation,
  deleteAutomationsOwnedBy,
  filterAutomations,
  readAutomation,
  updateAutomation,
} from '../../shared/operations/automations/automations.ts';
import { created, EDIT, noContent, OPERATE_VIEW, ok, type Route, route } from './route.ts';
import { InvalidRequest, parseJson } from './validate.ts';

/** Prefect serves it under two addresses; its web page knows the older one. */
const templateRoute = (path: string): Route =>
  route({
    method: 'POST',
    path,
    summary: 'Validate Template',
    access: OPERATE_VIEW,
    body: templateBody,
    bodyIsText: true,
    handle: async ({ body }) => {
      const problem = validateTemplate(body);
      return problem ? { status: 422, body: { error: { ...problem, source: body } } } : noContent();
    },
  });

/** Who sends an id believes that it can be changed: of all keys that are unknown here it alone is refused. */
function refuseId(rawBody: string): void {
  const given = parseJson(rawBody) as { id?: unknown };
  if (!('id' in given)) return;
  const problem = {
    type: 'extra_forbidden',
    loc: ['body', 'id'],
    msg: 'Extra inputs are not permitted',
    input: given.id,
  };
  throw new InvalidRequest([problem], given);
}

export const automationRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/automations/',
    summary: 'Create Automation',
    access: EDIT,
    body: automationCreate,
    handle: async ({ app, body }) => created(await createAutomation(app, body)),
  }),
  route({
    method: 'POST',
    path: '/automations/filter',
    summary: 'Read Automations',
    access: OPERATE_VIEW,
    body: automationsFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterAutomations(app, body)),
  }),
  route({
    method: 'POST',
    path: '/automations/count',
    summary: 'Count Automations',
    access: OPERATE_VIEW,
    body: automationsCountBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await countAutomations(app, body.automations)),
  }),
  route({
    method: 'GET',
    path: '/automations/related-to/{resource_id}',
    summary: 'Read Automations Related To Resource',
    access: OPERATE_VIEW,
    handle: async ({ app, params }) => ok(await automationsRelatedTo(app, params['resource_id']!)),
  }),
  route({
    method: 'DELETE',
    path: '/automations/owned-by/{resource_id}',
    summary: 'Delete Automations Owned By Resource',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteAutomationsOwnedBy(app, params['resource_id']!);
      return { status: 202, body: null };
    },
  }),
  templateRoute('/automations/templates/validate'),
  templateRoute('/templates/validate'),
  route({
    method: 'GET',
    path: '/automations/{id}',
    summary: 'Read Automation',
    access: OPERATE_VIEW,
    handle: async ({ app, params }) => ok(await readAutomation(app, params['id']!)),
  }),
  route({
    method: 'PUT',
    path: '/automations/{id}',
    summary: 'Update Automation',
    access: EDIT,
    body: automationUpdate,
    handle: async ({ app, params, body, rawBody }) => {
      refuseId(rawBody);
      await updateAutomation(app, params['id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'PATCH',
    path: '/automations/{id}',
    summary: 'Patch Automation',
    access: EDIT,
    body: automationPatch,
    handle: async ({ app, params, body, rawBody }) => {
      refuseId(rawBody);
      await updateAutomation(app, params['id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/automations/{id}',
    summary: 'Delete Automation',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteAutomation(app, params['id']!);
      return noContent();
    },
  }),
];
