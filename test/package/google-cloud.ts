import { FakeCloudRun } from '../fakes/cloud-run/cloud-run.ts';
import { type GoogleCloud, startGoogleCloud } from '../fakes/google-cloud.ts';
import { reports } from '../fakes/reports.ts';

/** Google Cloud whose containers do their work at once. */
export async function startGoogle(): Promise<GoogleCloud> {
  const google = await startGoogleCloud();
  const { run } = google;
  run.startSeconds = 0;
  run.readySeconds = 0;
  run.onExecution = (made) =>
    void reports(FakeCloudRun.environment(made), 'RUNNING', 'COMPLETED').then(() =>
      run.exit(made.job.id, { exitCode: 0 }),
    );
  return google;
}

/** From nothing to a run that is Completed and nothing left, with the packed command line. Throws with what was printed instead. */
export async function walkGoogle(google: GoogleCloud, pushpool: (...args: string[]) => Promise<string>): Promise<void> {
  const said = async (pattern: RegExp, ...args: string[]) => {
    const output = await pushpool(...args);
    if (!pattern.test(output)) throw new Error(`pushpool ${args.join(' ')} does not say ${pattern}:\n${output}`);
  };
  const create = ['work-pool', 'create', 'gcp', '-t', 'cloud-run-v2:push', '--provision-infra'];
  await said(/Name: +gcp/, ...create, '--region', 'europe-west1');
  await said(/deployment run/, 'deploy', '-n', 'job', '--pool', 'gcp', '--flow-name', 'cloud', '--command', 'true');
  await said(/is Completed/, 'deployment', 'run', 'cloud/job', '--watch');
  await said(/Removed \d+ resources/, 'work-pool', 'deprovision-infra', 'gcp', '--yes');
  // its block is gone: the doctor would say so
  await pushpool('work-pool', 'delete', 'gcp', '--yes');
  const left = [...google.account.documents.keys(), ...google.account.keys].filter(
    (path) => !path.includes('/repositories/'),
  );
  if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
  if (google.run.violations.length > 0) throw new Error(google.run.violations.join('\n'));
}
