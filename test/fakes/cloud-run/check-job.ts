import { refused } from './google-identity.ts';

const ID = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const LABEL = /^[a-z0-9_-]{0,63}$/;

/** Throws Google's 400 for a job that Cloud Run would not take. */
// biome-ignore lint/suspicious/noExplicitAny: the vendor's own JSON
export function checkJob(id: string, spec: any, takesStartToken: boolean): void {
  const bad = (message: string): never => {
    throw refused(400, 'INVALID_ARGUMENT', message);
  };
  if (!ID.test(id) || id.length > 63) bad(`job_id '${id}' is no name.`);
  if (spec.name) bad('name must be empty on create.');
  const template = spec.template?.template;
  if (!template?.containers?.[0]?.image) bad('template.template.containers[0].image is required.');
  for (const [key, value] of [...Object.entries(spec.labels ?? {}), ...Object.entries(spec.template?.labels ?? {})]) {
    if (!/^[a-z]/.test(key) || !LABEL.test(key) || !LABEL.test(String(value)))
      bad(`Label '${key}: ${value}' is no label.`);
  }
  const names = (template.containers[0].env ?? []).map(({ name }: { name: string }) => name);
  if (new Set(names).size < names.length) bad('Environment variable names must be unique.');
  const token = spec.startExecutionToken;
  if (token !== undefined && !takesStartToken)
    bad("Field 'start_execution_token' is not supported in this launch stage.");
  if (token !== undefined && `${id}-${token}`.length > 62) bad('The execution name would be too long.');
}
