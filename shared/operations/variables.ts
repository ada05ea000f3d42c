import type { VariableFilter } from '../api/schemas/filters.ts';
import type { VariableCreate, VariablesFilterBody, VariableUpdate } from '../api/schemas/variables.ts';
import { ClientError, ConflictError, notFound } from '../domain/errors.ts';
import { variableEvent } from '../domain/events/lifecycle-events.ts';
import type { Json } from '../domain/json/json.ts';
import type { Variable } from '../domain/variable.ts';
import { type App, timestamp } from './app.ts';
import { announce } from './events/announce.ts';
import { matchesVariable } from './filters/variables.ts';
import { byText, countRows, matching, sorted, takePage } from './lists/filtering.ts';

/** Creates a variable. Throws 409 when its name is taken: `Variable.set` tells overwriting from creating by it. */
export async function createVariable(app: App, body: VariableCreate): Promise<Variable> {
  const now = timestamp(app);
  const { doc, created } = await app.store.variables.create({
    id: app.clock.newId(),
    created: now,
    updated: now,
    name: body.name,
    value: body.value,
    tags: body.tags,
  });
  if (!created) throw nameTaken(body.name);
  await announce(app, (stamp) => variableEvent(stamp, 'created', doc));
  return doc;
}

export async function readVariable(app: App, id: string): Promise<Variable> {
  return found(await app.store.variables.get(id));
}

export async function readVariableByName(app: App, name: string): Promise<Variable> {
  return found(await app.store.variables.getByName(name));
}

/** The values of those variables that exist, by name. */
export async function getVariables(app: App, names: Iterable<string>): Promise<Map<string, Json>> {
  const wanted = [...new Set(names)];
  const variables = await Promise.all(wanted.map((name) => app.store.variables.getByName(name)));
  return new Map(variables.filter((variable) => variable !== null).map(({ name, value }) => [name, value]));
}

/** Applies the keys present. Throws 404, and 409 when the new name is another's or the tags are null. */
export async function updateVariable(app: App, id: string, body: VariableUpdate): Promise<void> {
  if (body.tags === null) throw new ClientError('conflict', 'The tags of a variable cannot be null.');
  const updated = timestamp(app);
  try {
    const changed = found(
      await app.store.variables.update(id, (variable) => ({
        ...variable,
        name: body.name ?? variable.name,
        value: body.value === undefined ? variable.value : body.value,
        tags: body.tags ?? variable.tags,
        updated,
      })),
    );
    await announce(app, (stamp) => variableEvent(stamp, 'updated', changed));
  } catch (error) {
    if (error instanceof ConflictError && error.code === 'exists' && body.name) throw nameTaken(body.name);
    throw error;
  }
}

export async function updateVariableByName(app: App, name: string, body: VariableUpdate): Promise<void> {
  await updateVariable(app, (await readVariableByName(app, name)).id, body);
}

export async function deleteVariable(app: App, id: string): Promise<void> {
  const variable = await readVariable(app, id);
  if (!(await app.store.variables.delete(id))) throw notFound('Variable not found.');
  await announce(app, (stamp) => variableEvent(stamp, 'deleted', variable));
}

export async function deleteVariableByName(app: App, name: string): Promise<void> {
  await deleteVariable(app, (await readVariableByName(app, name)).id);
}

export async function filterVariables(app: App, body: VariablesFilterBody): Promise<Variable[]> {
  const sort = body.sort ?? 'NAME_ASC';
  const rows = matching(app.store.variables.list({ descending: sort === 'NAME_DESC' }), (variable) =>
    matchesVariable(body.variables, variable),
  );
  if (sort === 'NAME_ASC' || sort === 'NAME_DESC') return takePage(rows, body);
  const field = sort === 'CREATED_DESC' ? 'created' : 'updated';
  return takePage(
    sorted(rows, (a, b) => byText(b[field], a[field]) || byText(a.id, b.id)),
    body,
  );
}

export async function countVariables(app: App, filter: VariableFilter | null | undefined): Promise<number> {
  return countRows(matching(app.store.variables.list(), (variable) => matchesVariable(filter, variable)));
}

function found(variable: Variable | null): Variable {
  if (!variable) throw notFound('Variable not found.');
  return variable;
}

function nameTaken(name: string): ClientError {
  return new ClientError('conflict', `A variable with the name '${name}' already exists.`);
}
