import { parseArgs } from 'node:util';
import { aciUnderTest } from '../fakes/aci/aci-under-test.ts';
import { cloudRunUnderTest } from '../fakes/cloud-run/cloud-run-under-test.ts';
import type { CloudUnderTest } from '../fakes/cloud-under-test.ts';
import { ecsCloud } from '../fakes/ecs/ecs-cloud.ts';
import { inMemoryCloud } from '../fakes/in-memory-cloud.ts';
import { modalCloud } from '../fakes/modal/cloud.ts';
import { killEverywhere } from '../simulation/killing.ts';
import { randomStory } from '../simulation/random-faults.ts';
import { STORIES } from '../simulation/stories.ts';

/** Told one after the other, unless `--cloud` names one of them. */
const CLOUDS: Readonly<Record<string, CloudUnderTest>> = {
  memory: inMemoryCloud,
  ecs: ecsCloud,
  aci: aciUnderTest,
  'cloud-run': cloudRunUnderTest(),
  'cloud-run-without-tokens': cloudRunUnderTest('cloud-run-v2:push', false),
  modal: modalCloud(),
  'modal-gpu': modalCloud('A100-80GB:2'),
};

/**
 * The long fault tests: functions killed at every awaited call of every story, on every cloud, then random stories, each on another
 * cloud. Prints seed and cloud of each breach; `--seed N --stories 1 --cloud NAME --without-kills` tells it again.
 *
 *     node test/faults/run.ts [--stories 10000] [--seed 1] [--cloud NAME] [--without-kills]
 */
const { values } = parseArgs({
  options: {
    stories: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    cloud: { type: 'string' },
    'without-kills': { type: 'boolean', default: false },
  },
});
const names = values.cloud === undefined ? Object.keys(CLOUDS) : [values.cloud];
const clouds = names.map((name) => {
  const cloud = CLOUDS[name];
  if (!cloud) throw new Error(`No cloud ${name}; there are: ${Object.keys(CLOUDS).join(', ')}.`);
  return { name, cloud };
});
let found = 0;
const report = (place: string, sentences: readonly string[]) => {
  for (const sentence of sentences) console.log(`${place}: ${sentence}`);
  found += sentences.length;
};

if (!values['without-kills']) {
  for (const { name, cloud } of clouds) {
    for (const story of STORIES) {
      report(`${name}, ${story.name}`, await killEverywhere(cloud, story));
      console.log(`killed everywhere on ${name}: ${story.name}`);
    }
  }
}
const first = Number(values.seed);
const count = Number(values.stories);
for (let seed = first; seed < first + count; seed++) {
  const { name, cloud } = clouds[seed % clouds.length]!;
  try {
    report(`seed ${seed} on ${name}`, await randomStory(cloud, seed));
  } catch (error) {
    report(`seed ${seed} on ${name}`, [String(error)]);
  }
  if (seed % 100 === 0) console.log(`told up to seed ${seed}, ${found} breaches`);
}
console.log(`${count} random stories over ${names.join(', ')}, ${found} breaches`);
process.exitCode = found > 0 ? 1 : 0;
