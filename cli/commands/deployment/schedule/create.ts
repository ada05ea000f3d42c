import { type AddCommand, action, addCommand, type Run } from '../../../command.ts';
import { readJsonObject } from '../../../files.ts';
import { findDeployment } from '../find.ts';
import { addScheduleOptions, readSchedule, type ScheduleOptions } from './options.ts';
import { scheduleText } from './text.ts';

interface Options extends ScheduleOptions {
  readonly paused?: boolean;
  readonly slug?: string;
  readonly params?: string;
}

export const addCreate: AddCommand = (group, around) => {
  const command = addCommand(group, 'create <flow/name>', {
    description: 'Add a schedule to a deployment.',
    examples: [
      'pushpool deployment schedule create hello/nightly --cron "0 5 * * *" --timezone Europe/Berlin --slug morning',
      'pushpool deployment schedule create hello/nightly --interval 3600 --params \'{"full": false}\'',
    ],
  });
  addScheduleOptions(command)
    .option('--slug <slug>', 'a name for the schedule')
    .option('--params <json>', 'parameters of its runs, as a JSON object or the name of a file')
    .option('--paused', 'make it without effect for now')
    .action(action(around, create));
};

const create: Run<[string], Options> = async (context, options, name) => {
  const schedule = readSchedule(options);
  const parameters = options.params === undefined ? {} : readJsonObject(context, options.params);
  const client = await context.client();
  const { deployment, fullName } = await findDeployment(client, name);
  const [created] = await client.deployments.addSchedules(deployment.id, [
    { schedule, parameters, active: !options.paused, slug: options.slug ?? null },
  ]);
  await context.out.result(created, () =>
    created ? `Added the schedule ${scheduleText(created)} (${created.id}) to "${fullName}".` : '',
  );
};
