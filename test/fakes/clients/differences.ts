import { isJsonObject, type Json } from '../../../shared/domain/json/json.ts';

/** Every place where two values differ, as `path: theirs | ours`. */
export function differences(theirs: Json | undefined, ours: Json | undefined, path = ''): string[] {
  const at = (key: string | number) => (path ? `${path}.${key}` : String(key));
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    const places = Array.from({ length: Math.max(theirs.length, ours.length) }, (_, place) => place);
    return places.flatMap((place) => differences(theirs[place], ours[place], at(place)));
  }
  if (theirs !== undefined && ours !== undefined && isJsonObject(theirs) && isJsonObject(ours)) {
    const names = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])];
    return names.flatMap((name) => differences(theirs[name], ours[name], at(name)));
  }
  return JSON.stringify(theirs) === JSON.stringify(ours)
    ? []
    : [`${path}: ${JSON.stringify(theirs)} | ${JSON.stringify(ours)}`];
}
