import { existsSync } from 'node:fs';
import path from 'node:path';
import { PREFECT_VERSION } from '../../../shared/domain/prefect-version.ts';
import { Failure } from '../../errors.ts';
import { docker } from './docker.ts';
import { imageName, pairs, tagsOf } from './image-name.ts';
import type { Step } from './step.ts';

const STEP = 'build_docker_image';
/** What `docker build` is told by other means, or cannot be told. */
const READ = new Set([
  ...[
    'image_name',
    'tag',
    'dockerfile',
    'additional_tags',
    'platform',
    'buildargs',
    'labels',
    'target',
    'nocache',
    'pull',
  ],
  ...[
    'ignore_cache',
    'persist_dockerfile',
    'dockerfile_output_path',
    'build_backend',
    'path',
    'network_mode',
    'context',
  ],
]);

/**
 * Builds an image with `docker build`, as the step of prefect-docker of this name; `dockerfile: auto` makes one that copies this folder
 * and installs its requirements. Outputs `image`, `image_name`, `tag`, `image_id`, `additional_tags`.
 */
export const buildDockerImage: Step = async (inputs, context) => {
  const unknown = Object.keys(inputs).filter((name) => !READ.has(name));
  if (unknown.length > 0) throw new Failure(`pushpool's ${STEP} does not take ${unknown.join(', ')}.`);
  const name = imageName(STEP, inputs, context.buildNamespace);
  const tag = String(inputs['tag'] ?? timeTag(new Date()));
  const image = `${name}:${tag}`;
  const tags = tagsOf(inputs);
  const auto = (inputs['dockerfile'] ?? 'Dockerfile') === 'auto';
  const file = auto ? '-' : String(inputs['dockerfile'] ?? 'Dockerfile');
  if (!auto && !existsSync(path.resolve(context.cwd, file))) {
    throw new Failure(`There is no ${file} in ${context.cwd}. Write one, or say \`dockerfile: auto\`.`);
  }
  const flag = (name: string, on: unknown) => (on ? [name] : []);
  const valued = (name: string, value: unknown) => (value == null ? [] : [name, String(value)]);
  const args = [
    ...['build', '--tag', image, ...tags.flatMap((more) => ['--tag', `${name}:${more}`]), '--file', file],
    ...valued('--platform', inputs['platform']),
    ...valued('--target', inputs['target']),
    ...valued('--network', inputs['network_mode']),
    ...flag('--no-cache', inputs['nocache'] ?? inputs['ignore_cache']),
    ...flag('--pull', inputs['pull'] ?? auto),
    ...pairs('--build-arg', inputs['buildargs']),
    ...pairs('--label', inputs['labels']),
    String(inputs['path'] ?? inputs['context'] ?? '.'),
  ];
  await docker(args, context, { stream: true, ...(auto && { input: dockerfile(context.cwd) }) });
  const { stdout } = await docker(['image', 'inspect', '--format', '{{.Id}}', image], context);
  return { image, image_name: name, tag, image_id: stdout.trim(), additional_tags: tags };
};

/** Where code lies in an image that was made for this folder; pull steps name it. */
export const codeFolder = (cwd: string): string => `/opt/prefect/${path.basename(cwd)}`;

function dockerfile(cwd: string): string {
  const folder = codeFolder(cwd);
  const requirements = existsSync(path.join(cwd, 'requirements.txt'))
    ? [`COPY requirements.txt ${folder}/requirements.txt`, `RUN pip install -r ${folder}/requirements.txt`]
    : [];
  return [
    `FROM prefecthq/prefect:${PREFECT_VERSION}-python3.12`,
    ...requirements,
    `COPY . ${folder}/`,
    `WORKDIR ${folder}`,
    '',
  ].join('\n');
}

/** `2026-01-02t03-04-05-678z`: what a tag may hold. */
const timeTag = (now: Date) => now.toISOString().toLowerCase().replaceAll(/[:.]/g, '-');
