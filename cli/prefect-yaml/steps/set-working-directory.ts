import { existsSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../errors.ts';
import type { Step } from './step.ts';

/** The steps that follow work in another folder; outputs `directory`. */
export const setWorkingDirectory: Step = async ({ directory }, context) => {
  if (typeof directory !== 'string') throw new Failure('The step set_working_directory asks for a `directory`.');
  const wanted = path.resolve(context.cwd, directory);
  if (!existsSync(wanted)) throw new Failure(`The step set_working_directory names ${wanted}, which is not there.`);
  context.cwd = wanted;
  return { directory: wanted };
};
