import { parseAciJob } from './aci/parse.ts';
import { parseCloudRunJob } from './cloud-run/parse.ts';
import { parseEcsJob } from './ecs/parse.ts';
import { parseModalJob } from './modal/parse.ts';
import type { Parse } from './parse.ts';

/** The pure part of every target by pool type, for the API: a template that its cloud would refuse is refused when it is saved. */
export const PARSERS: Readonly<Record<string, Parse<unknown>>> = {
  'azure-container-instance:push': parseAciJob,
  'cloud-run-v2:push': parseCloudRunJob,
  'cloud-run:push': parseCloudRunJob,
  'modal:push': parseModalJob,
  'ecs:push': parseEcsJob,
};
