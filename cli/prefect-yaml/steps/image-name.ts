import { isJsonObject, type JsonObject } from '../../../shared/domain/json/json.ts';
import { Failure } from '../../errors.ts';

/** The image that a step names, with the registry that images without one are named for. Throws `Failure` without a name. */
export function imageName(step: string, inputs: JsonObject, namespace: string | null): string {
  const name = inputs['image_name'];
  if (typeof name !== 'string' || name === '') throw new Failure(`The step ${step} asks for an \`image_name\`.`);
  return namespace !== null && !name.includes('/') ? `${namespace}/${name}` : name;
}

export function tagsOf(inputs: JsonObject): string[] {
  const more = inputs['additional_tags'];
  return Array.isArray(more) ? more.map(String) : [];
}

/** `buildargs` and `labels` as `--build-arg` and `--label`. */
export function pairs(flag: string, values: unknown): string[] {
  return isJsonObject(values)
    ? Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${String(value)}`])
    : [];
}
