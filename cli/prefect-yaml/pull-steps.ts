import type { JsonObject } from '../../shared/domain/json/json.ts';
import { codeFolder } from './steps/build-docker-image.ts';

const SET_DIRECTORY = 'prefect.deployments.steps.set_working_directory';
const BUILD_IMAGE = 'prefect_docker.deployments.steps.build_docker_image';
/** Where Prefect's images have their code. */
const IMAGE_FOLDER = '/opt/prefect';

export interface PullSource {
  /** As written; null or absent asks for the usual one, an empty list for none. */
  readonly written: readonly JsonObject[] | null | undefined;
  readonly buildSteps: readonly JsonObject[];
  readonly image: unknown;
  /** Without one nothing is loaded, so nothing is fetched. */
  readonly entrypoint: string | null;
  readonly cwd: string;
}

export interface PullSteps {
  readonly steps: JsonObject[];
  /** What to look at when the flow is not found there. */
  readonly note: string | null;
}

/** The steps by which a run finds its code: those written, else the folder of the image, else this folder (as Prefect chooses). */
export function pullStepsFor({ written, buildSteps, image, entrypoint, cwd }: PullSource): PullSteps {
  if (written) return { steps: [...written], note: null };
  if (entrypoint === null) return { steps: [], note: null };
  const inFolder = (directory: string) => [{ [SET_DIRECTORY]: { directory } }];
  const build = buildSteps.find((step) => Object.hasOwn(step, BUILD_IMAGE));
  if (build) return { steps: inFolder(codeFolder(cwd)), note: null };
  if (image) {
    const note = `The run looks for its code in ${IMAGE_FOLDER} of the image; a set_working_directory step under \`pull\` names another place.`;
    return { steps: inFolder(IMAGE_FOLDER), note };
  }
  return { steps: inFolder(cwd), note: `The run looks for its code in ${cwd}, so it must run on this machine.` };
}
