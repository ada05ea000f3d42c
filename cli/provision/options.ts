import { type Command, Option } from 'commander';

/** The options of provisioning, the same for `create --provision-infra` and `provision-infra`. */
export interface ProvisionOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** A JSON file of names by key. */
  readonly names?: string;
  readonly withKey?: boolean;
  readonly private?: boolean;
  readonly region?: string;
  readonly project?: string;
  readonly subscription?: string;
  readonly location?: string;
  readonly awsRole?: string;
}

export function addProvisionOptions(command: Command): Command {
  return command
    .addOption(new Option('-y, --yes', 'do not ask'))
    .addOption(new Option('--dry-run', 'print the plan and change nothing'))
    .addOption(new Option('--names <file>', 'a JSON file with names for what is made, e.g. {"cluster": "flows"}'))
    .addOption(
      new Option('--with-key', 'AWS: make an IAM user and store its key, instead of the role pushpool runs under'),
    )
    .addOption(new Option('--private', 'AWS: tasks without a public address, in subnets with a NAT gateway'))
    .addOption(new Option('--region <region>', 'AWS or Google Cloud region'))
    .addOption(new Option('--project <id>', 'Google Cloud project'))
    .addOption(new Option('--aws-role <arn>', 'Google Cloud: the AWS role that pushpool runs under; no key is stored'))
    .addOption(new Option('--subscription <id>', 'Azure subscription'))
    .addOption(new Option('--location <location>', 'Azure location'));
}
