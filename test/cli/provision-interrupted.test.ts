import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { PERSON as AZURE_PERSON, startAzureCloud } from '../fakes/azure-cloud.ts';
import { startGoogleCloud } from '../fakes/google-cloud.ts';
import type { Faults } from '../fakes/json-server.ts';
import { startCommandLine } from './command-line.ts';
import { type AccountOfSomebody, survivesCtrlC } from './interrupted.ts';

const create = (type: string) => ['work-pool', 'create', 'my-pool', '-t', type, '--provision-infra'];
/** The change that makes a key, whose secret is told once; all of them with PUSHPOOL_EVERY_STEP=1. */
const atKey = (pattern: RegExp) => (changes: readonly string[]) =>
  process.env['PUSHPOOL_EVERY_STEP'] ? [...changes.keys()] : [changes.findIndex((change) => pattern.test(change))];

const before = (faults: Faults) => (index: number, then: () => void) => {
  faults.refuse = (_, at) => {
    if (at === index) then();
    return null;
  };
};

async function azure(): Promise<AccountOfSomebody> {
  const cloud = await startAzureCloud();
  const cli = await startCommandLine({ azure: cloud.url });
  const { account } = cloud;
  return {
    cli,
    env: {
      PUSHPOOL_AZURE_ENDPOINT: cloud.url,
      AZURE_TENANT_ID: AZURE_PERSON.tenant,
      AZURE_CLIENT_ID: AZURE_PERSON.clientId,
      AZURE_CLIENT_SECRET: AZURE_PERSON.secret,
    },
    changes: account.faults.changes,
    before: before(account.faults),
    state: async () => ({
      documents: [...account.documents.keys()]
        .map((path) => path.replace(/prefect\d+\w+|[0-9a-f-]{36}/g, '*'))
        .toSorted(),
      secrets: [...account.applications.values()].map(({ passwords }) => passwords.length),
    }),
    close: async () => {
      await cli.close();
      await cloud.close();
    },
  };
}

async function google(): Promise<AccountOfSomebody> {
  const cloud = await startGoogleCloud();
  const cli = await startCommandLine({ google: cloud.url });
  const { account } = cloud;
  return {
    cli,
    env: {
      PUSHPOOL_GOOGLE_ENDPOINT: cloud.url,
      GOOGLE_APPLICATION_CREDENTIALS: cli.write('person.json', cloud.personsKey()),
    },
    changes: account.faults.changes,
    before: before(account.faults),
    state: async () => ({
      documents: [...account.documents.keys()],
      keys: account.keys.size,
      policies: [...account.policies].map(([resource, { bindings }]) => [resource, bindings]),
    }),
    close: async () => {
      await cli.close();
      await cloud.close();
    },
  };
}

beforeEach(() => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'GOOGLE_APPLICATION_CREDENTIALS', 'AZURE_CLIENT_ID'])
    vi.stubEnv(name, '');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('Ctrl-C while infrastructure is made', { timeout: 600_000 }, () => {
  // its registry takes its time, in which the command line really waits
  it.runIf(process.env['PUSHPOOL_EVERY_STEP'])('leaves nothing that the next time does not find, on Azure', () =>
    survivesCtrlC(azure, create('azure-container-instance:push'), atKey(/addPassword/)),
  );

  it('leaves nothing that the next time does not find, on Google Cloud', () =>
    survivesCtrlC(google, create('cloud-run-v2:push'), atKey(/\/keys$/)));
});
