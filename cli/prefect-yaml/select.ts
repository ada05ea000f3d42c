import { UsageError } from '../errors.ts';
import type { DeploymentConfig } from './config.ts';

/**
 * The deployments that are meant: all, those of the names and patterns (`nightly`, `hello/nightly`, `night*`), or the only one.
 * Throws `UsageError` that lists what the file has. A single name that the file does not have is a new name for its only
 * deployment, as with Prefect.
 */
export function selectDeployments(
  configs: readonly DeploymentConfig[],
  names: readonly string[],
  all: boolean,
): readonly DeploymentConfig[] {
  if (all && names.length > 0) throw new UsageError('Give --all or names, not both.');
  if (all) {
    if (configs.length === 0) throw new UsageError('The file has no deployments.');
    const unnamed = configs.findIndex(({ name }) => !name);
    if (unnamed >= 0)
      throw new UsageError(`The deployment number ${unnamed + 1} of the file has no name: give it one.`);
    return configs;
  }
  if (configs.length <= 1 && names.length <= 1) return configs.length === 1 ? configs : [{}];
  if (names.length === 0) {
    throw new UsageError(
      `The file has more than one deployment: name some with -n, or say --all. It has: ${list(configs)}.`,
    );
  }
  const selected = names.flatMap((name) => {
    const found = configs.filter((config) => isMeant(config, name));
    if (found.length === 0) throw new UsageError(`The file has no deployment "${name}". It has: ${list(configs)}.`);
    return found;
  });
  return [...new Set(selected)];
}

function isMeant(config: DeploymentConfig, pattern: string): boolean {
  const at = pattern.indexOf('/');
  const matches = (text: string | null | undefined, part: string) =>
    new RegExp(
      `^${part
        .split('*')
        .map((piece) => piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
    ).test(text ?? '');
  const plain = (text: string) => text.replaceAll('_', '-');
  const flow = plain(config.flow_name ?? config.entrypoint?.split(':').at(-1) ?? '');
  return matches(config.name, pattern.slice(at + 1)) && (at < 0 || matches(flow, plain(pattern.slice(0, at))));
}

const list = (configs: readonly DeploymentConfig[]) =>
  configs.map(({ name }, index) => name ?? `(number ${index + 1}, without a name)`).join(', ');
