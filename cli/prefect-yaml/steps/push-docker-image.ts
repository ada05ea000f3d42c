import { isJsonObject } from '../../../shared/domain/json/json.ts';
import { docker } from './docker.ts';
import { imageName, tagsOf } from './image-name.ts';
import type { Step } from './step.ts';

const STEP = 'push_docker_image';

/** Pushes an image, with `credentials` after logging in to its registry. Outputs `image`, `image_name`, `tag`, `additional_tags`. */
export const pushDockerImage: Step = async (inputs, context) => {
  const name = imageName(STEP, inputs, context.buildNamespace);
  const tag = String(inputs['tag'] ?? 'latest');
  const tags = tagsOf(inputs);
  const credentials = inputs['credentials'];
  if (isJsonObject(credentials)) {
    const registry = String(credentials['registry_url'] ?? name.split('/')[0]);
    const args = ['login', '--username', String(credentials['username'] ?? ''), '--password-stdin', registry];
    // By standard input: a password on the command line is seen by everybody on the machine.
    await docker(args, context, { input: String(credentials['password'] ?? '') });
  }
  for (const pushed of [tag, ...tags]) await docker(['push', `${name}:${pushed}`], context, { stream: true });
  return { image: `${name}:${tag}`, image_name: name, tag, additional_tags: tags };
};
