import { isJsonObject, type JsonObject } from '../../domain/json/json.ts';
import type { ModalApi } from './credentials.ts';
import type { ModalJob } from './parse.ts';

type Request = Parameters<ModalApi['sandboxCreateV2']>[0];
export type Definition = NonNullable<Request['definition']>;

/** `NetworkAccessType` of the protocol. */
const OPEN = 1;
const BLOCKED = 2;

/** A sandbox as both versions of the protocol describe one. Its environment travels apart. */
export function definitionOf(job: ModalJob, name: string, imageId: string, secretIds: readonly string[]): Definition {
  const definition: Definition = {
    name,
    imageId,
    secretIds: [...secretIds],
    entrypointArgs: [...job.command],
    timeoutSecs: job.timeoutSeconds,
    resources: {
      ...(job.milliCpu !== null && { milliCpu: job.milliCpu }),
      ...(job.milliCpuMax !== null && { milliCpuMax: job.milliCpuMax }),
      ...(job.memoryMb !== null && { memoryMb: job.memoryMb }),
      ...(job.memoryMbMax !== null && { memoryMbMax: job.memoryMbMax }),
      gpuConfig: job.gpu ? { gpuType: job.gpu.type, count: job.gpu.count } : {},
    },
    networkAccess: { networkAccessType: job.blockNetwork ? BLOCKED : OPEN, allowedCidrs: [], allowedDomains: [] },
    openPorts: { ports: [] },
    includeOidcIdentityToken: job.oidcToken,
    ...(job.workdir !== null && { workdir: job.workdir }),
    ...(job.cloud !== null && { cloudProviderStr: job.cloud }),
    ...(job.regions.length > 0 && { schedulerPlacement: { regions: [...job.regions] } }),
  };
  return merged(definition, job.customisation);
}

/** Objects are merged; anything else of the customisation takes the place of what was there. */
function merged<T extends object>(base: T, customisation: JsonObject): T {
  const before = new Map<string, unknown>(Object.entries(base));
  const added = Object.entries(customisation).map(([key, value]) => {
    const there = before.get(key);
    return [key, isJsonObject(value) && isJsonObject(there) ? merged(there, value) : value] as const;
  });
  return { ...base, ...Object.fromEntries(added) };
}
