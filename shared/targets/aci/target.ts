import type { Target } from '../target.ts';
import { type AciOptions, openAci } from './aci.ts';
import { cleanUpGroup } from './clean-up.ts';
import { describeGroup } from './describe.ts';
import { listGroups } from './list.ts';
import { logsOfGroup } from './logs.ts';
import { stopGroup } from './stop.ts';
import { findGroup, submitGroup } from './submit.ts';

/** `azure-container-instance:push`: each attempt is a container group of its own (targets.md 2.2). */
export function createAciTarget(options: AciOptions = {}): Target {
  const aci = openAci(options);
  return {
    submit: (job, at) => submitGroup(aci, job, at),
    find: (job, at) => findGroup(aci, job, at),
    describe: (job, ref) => describeGroup(aci, job, ref),
    list: (job, known) => listGroups(aci, job, known),
    stop: (job, ref) => stopGroup(aci, job, ref),
    cleanUp: (job, ref) => cleanUpGroup(aci, job, ref),
    logs: (job, ref, { tail }) => logsOfGroup(aci, job, ref, tail),
  };
}
