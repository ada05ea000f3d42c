import type { Story } from './killing.ts';
import { dies, exits, flow, plain } from './simulation.ts';

/** What can become of a run, as the tests tell it. */
export const STORIES: Story[] = [
  { name: 'a flow completes', behaviour: flow(), ends: ['COMPLETED'] },
  {
    name: 'a flow completes and the cloud sends no event',
    behaviour: flow(),
    ends: ['COMPLETED'],
    options: { delivery: 'never' },
  },
  { name: 'a container is lost', behaviour: dies({ kind: 'vanish' }), ends: ['CRASHED'] },
  { name: 'a container without Prefect ends', behaviour: plain(exits(0)), ends: ['COMPLETED'] },
  {
    name: 'a run is cancelled',
    behaviour: flow(3600),
    meanwhile: async (simulation, id) => void (await simulation.setState(id, { type: 'CANCELLING' })),
    ends: ['CANCELLED'],
  },
  {
    name: 'its execution is stopped',
    behaviour: flow(120),
    meanwhile: (simulation, id) => simulation.stopExecution(id),
    ends: ['COMPLETED'],
  },
];
