import { describe, expect, it } from 'vitest';
import { seriousFindings, sideways } from './accessibility.ts';
import { settle } from './browser.ts';
import { pageOfHome } from './page-of-home.ts';

/** Every list, what it says while there is nothing in it, and the command that makes the first one. */
const EMPTY: readonly (readonly [route: string, says: string, command: string])[] = [
  ['/dashboard', 'Begin with a work pool', 'pushpool work-pool create my-pool --type ecs:push --provision-infra'],
  ['/runs', 'Nothing ran yet', 'prefect deployment run FLOW/DEPLOYMENT --watch'],
  ['/flows', 'There are no flows yet', 'prefect deploy flow.py:my_flow --name nightly --pool my-pool'],
  ['/deployments', 'There are no deployments yet', 'prefect deploy flow.py:my_flow --name nightly --pool my-pool'],
  ['/work-pools', 'There are no work pools yet', 'pushpool work-pool create my-pool --type ecs:push --provision-infra'],
  ['/blocks', 'There are no blocks yet', 'pushpool block create --type aws-credentials --name my-keys'],
  ['/variables', 'There are no variables yet', 'prefect variable set region eu-central-1'],
  ['/concurrency-limits', 'There are no global limits yet', 'prefect gcl create database --limit 4'],
  ['/automations', 'There are no automations yet', 'prefect automation create --from-file automation.yaml'],
  ['/events', 'Nothing happened in this time', 'prefect event emit my.first.event --resource-id mine'],
  ['/artifacts', 'There are no artifacts yet', 'create_markdown_artifact("# What was found", key="report")'],
  ['/settings', 'There are none yet', 'pushpool api-key create'],
];

describe('a list with nothing in it', () => {
  const { see } = pageOfHome();

  it.each(EMPTY)('%s says "%s", and what makes the first one, on a narrow screen too', async (route, says, command) => {
    await see({ name: `empty${route.replaceAll('/', '-')}`, width: 390, height: 844 }, async (page) => {
      await page.goto(route);
      await page.getByText(says).waitFor();
      await page.locator('pre, code', { hasText: command }).waitFor();
      await settle(page);
      expect([...(await seriousFindings(page)), ...(await sideways(page))]).toEqual([]);
    });
  });

  it('limits of task runs have a list of their own', async () => {
    await see({ name: 'empty-tag-limits' }, async (page) => {
      await page.goto('/concurrency-limits');
      await page.getByRole('tab', { name: 'Task Run' }).click();
      await page.getByText('There are no limits of task runs yet').waitFor();
      await page.getByText('prefect concurrency-limit create heavy 2').waitFor();
    });
  });
});
