const FIRST = [
  'amber',
  'brisk',
  'calm',
  'dapper',
  'eager',
  'frosty',
  'gentle',
  'hardy',
  'jolly',
  'keen',
  'lucid',
  'mellow',
];
const SECOND = [
  'badger',
  'condor',
  'dolphin',
  'falcon',
  'gecko',
  'heron',
  'ibex',
  'lynx',
  'marten',
  'otter',
  'puffin',
  'raven',
];
const any = (words: readonly string[]) => words[Math.floor(Math.random() * words.length)] as string;

/** Names that the forms of Prefect's library propose; it takes them from its test data, which is large. */
export const mocks = {
  noun: () => any(SECOND),
  runName: () => `${any(FIRST)}-${any(SECOND)}`,
};
