import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeAci } from './aci.ts';
import { azureClient, GROUP } from './azure-sdk.ts';

/** The fake, checked by Azure's own SDK. */
describe('the fake of Azure Container Instances', () => {
  let cloud: FakeAci;
  beforeEach(async () => {
    cloud = await new FakeAci().listen();
  });
  afterEach(async () => {
    await cloud.close();
    expect(cloud.violations).toEqual([]);
  });

  it('takes a group, starts it, and shows it without its secrets', async () => {
    const { containerGroups } = azureClient(cloud);
    await containerGroups.beginCreateOrUpdate('flows', 'etl-1', GROUP);

    const waiting = await containerGroups.get('flows', 'etl-1');
    cloud.advance(10);
    const running = await containerGroups.get('flows', 'etl-1');

    expect(waiting).toMatchObject({ provisioningState: 'Pending', tags: { run: '1' } });
    expect(waiting.containers[0]?.environmentVariables).toEqual([{ name: 'TOKEN' }]);
    expect(running).toMatchObject({ provisioningState: 'Succeeded', instanceView: { state: 'Running' } });
    expect(running.containers[0]?.instanceView?.currentState?.state).toBe('Running');
    expect(cloud.groups.get('etl-1')?.starts).toBe(1);
  });

  it('starts the containers again when the same group is put twice', async () => {
    const { containerGroups } = azureClient(cloud);
    await containerGroups.beginCreateOrUpdate('flows', 'etl-1', GROUP);
    cloud.advance(10);
    await containerGroups.get('flows', 'etl-1');
    await containerGroups.beginCreateOrUpdate('flows', 'etl-1', GROUP);
    cloud.advance(10);

    const group = await containerGroups.get('flows', 'etl-1');

    expect(cloud.groups.get('etl-1')?.starts).toBe(2);
    expect(group.containers[0]?.instanceView?.restartCount).toBe(1);
  });

  it('tells how a container ended, and what it printed', async () => {
    const client = azureClient(cloud);
    await client.containerGroups.beginCreateOrUpdate('flows', 'etl-1', GROUP);
    cloud.start('etl-1');
    cloud.print('etl-1', 'one');
    cloud.print('etl-1', 'two');
    cloud.exit('etl-1', 137, 'OOMKilled');

    const group = await client.containerGroups.get('flows', 'etl-1');
    const logs = await client.containers.listLogs('flows', 'etl-1', 'etl', { tail: 1, timestamps: true });

    expect(group.containers[0]?.instanceView?.currentState).toMatchObject({ exitCode: 137, detailStatus: 'OOMKilled' });
    expect(logs.content).toBe('2026-01-01T00:00:00.000Z two\n');
  });

  it('stops and deletes with a grace, and knows what is not there', async () => {
    const { containerGroups } = azureClient(cloud);
    await containerGroups.beginCreateOrUpdate('flows', 'etl-1', GROUP);
    cloud.start('etl-1');
    await containerGroups.stop('flows', 'etl-1');

    const stopping = await containerGroups.get('flows', 'etl-1');
    cloud.advance(31);
    const stopped = await containerGroups.get('flows', 'etl-1');
    await containerGroups.beginDelete('flows', 'etl-1');

    expect(stopping.instanceView?.state).toBe('Running');
    expect(stopped.instanceView?.state).toBe('Stopped');
    await expect(containerGroups.get('flows', 'etl-1')).rejects.toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    });
  });

  it('lists all groups of a resource group, over more than one page', async () => {
    const { containerGroups } = azureClient(cloud);
    for (const name of ['a', 'b', 'c']) await containerGroups.beginCreateOrUpdate('flows', name, GROUP);

    const names: (string | undefined)[] = [];
    for await (const group of containerGroups.listByResourceGroup('flows')) names.push(group.name);

    expect(names).toEqual(['a', 'b', 'c']);
  });

  it('refuses a wrong secret, a token that was revoked and what the principal may not do', async () => {
    await expect(azureClient(cloud, 'wrong').containerGroups.get('flows', 'x')).rejects.toThrow(/AADSTS7000215/);
    const { containerGroups } = azureClient(cloud);
    cloud.entra.forbidden.add('get');
    await expect(containerGroups.get('flows', 'x')).rejects.toMatchObject({ code: 'AuthorizationFailed' });
    cloud.entra.revokeTokens();
    await expect(containerGroups.get('flows', 'x')).rejects.toMatchObject({ code: 'InvalidAuthenticationToken' });
  });

  it('plays its fault script, before and after the effect', async () => {
    const { containerGroups } = azureClient(cloud);
    cloud.fault(
      { on: 'put', when: 'before', do: { status: 503, body: { error: { code: 'ServiceUnavailable', message: '' } } } },
      { on: 'put', nth: 2, when: 'after', do: 'reset' },
    );

    await expect(containerGroups.beginCreateOrUpdate('flows', 'a', GROUP)).rejects.toMatchObject({ statusCode: 503 });
    expect(cloud.groups.has('a')).toBe(false);
    await expect(containerGroups.beginCreateOrUpdate('flows', 'a', GROUP)).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(cloud.groups.has('a')).toBe(true);
  });
});
