import { type AddCommand, action, addCommand, type Run } from '../command.ts';
import type { Context } from '../context.ts';
import type { Finding } from '../doctor/check.ts';
import { Failure } from '../errors.ts';

export const addDoctorCommand: AddCommand = (program, around) => {
  addCommand(program, 'doctor', {
    description:
      'Look at everything that runs depend on; each line that is not well says what to do. Exit code 1 says problems.',
    examples: ['pushpool doctor', 'pushpool doctor --json'],
  }).action(action(around, doctor));
};

const doctor: Run<[], object> = async (context) => {
  const { out } = context;
  const findings = await out.during('Looking …', () => examine(context));
  await out.result(findings, () => findings.map((finding) => lineOf(context, finding)).join('\n'));
  const problems = findings.filter(({ verdict }) => verdict === 'problem').length;
  if (problems > 0) throw new Failure(problems === 1 ? 'There is a problem.' : `There are ${problems} problems.`);
};

async function examine(context: Context): Promise<Finding[]> {
  const { checkServer } = await import('../doctor/server.ts');
  const { checkAws } = await import('../doctor/aws.ts');
  const client = await context.client();
  const aws = checkAws(context.env);
  const server = await checkServer(client, context.settings(), context.apiUrl());
  if (server.some(({ verdict }) => verdict === 'problem')) return [...server, ...(await aws)];
  const { checkPools } = await import('../doctor/pools.ts');
  const { checkRuns } = await import('../doctor/runs.ts');
  const { checkOrphans } = await import('../doctor/orphans.ts');
  const now = new Date();
  const runs = [...(await checkRuns(client, now)), ...(await checkOrphans(client, now))];
  return [...server, ...(await checkPools(client)), ...runs, ...(await aws)];
}

const MARKS = { ok: '✓', warning: '!', problem: '✗', skipped: '-' } as const;

function lineOf({ out: { colors } }: Context, { check, verdict, found, remedy }: Finding): string {
  const paint = { ok: colors.green, warning: colors.yellow, problem: colors.red, skipped: colors.dim }[verdict];
  const line = `${paint(MARKS[verdict])} ${check}: ${found}`;
  return remedy === null ? line : `${line}\n    → ${remedy}`;
}
