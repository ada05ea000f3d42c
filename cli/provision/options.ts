import { type Command, Option } from 'commander';

/** Where a pool's infrastructure is, the same for making and removing it. */
export interface PlaceOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** A JSON file of names by key. */
  readonly names?: string;
  readonly region?: string;
  readonly project?: string;
  readonly subscription?: string;
  readonly location?: string;
}

/** The options of provisioning, the same for `create --provision-infra` and `provision-infra`. */
export interface ProvisionOptions extends PlaceOptions {
  readonly withKey?: boolean;
  readonly rotateKey?: boolean;
  readonly private?: boolean;
  readonly awsRole?: string;
  readonly stack?: string;
  readonly smokeTest?: boolean;
}

export function addPlaceOptions(command: Command): Command {
  return command
    .addOption(new Option('-y, --yes', 'do not ask'))
    .addOption(new Option('--dry-run', 'print the plan and change nothing'))
    .addOption(new Option('--names <file>', 'a JSON file with names for what is made, e.g. {"cluster": "flows"}'))
    .addOption(new Option('--region <region>', 'AWS or Google Cloud region'))
    .addOption(new Option('--project <id>', 'Google Cloud project'))
    .addOption(new Option('--subscription <id>', 'Azure subscription'))
    .addOption(new Option('--location <location>', 'Azure location'));
}

export function addProvisionOptions(command: Command): Command {
  return addPlaceOptions(command)
    .addOption(new Option('--with-key', 'store a key in a block, as Prefect does, also where the cloud needs none'))
    .addOption(
      new Option('--aws-role <arn>', 'the role pushpool runs under, when it cannot be found').conflicts('withKey'),
    )
    .addOption(new Option('--stack <name>', 'the stack of pushpool in AWS (default: pushpool), to find its role'))
    .addOption(new Option('--private', 'AWS: tasks without a public address, in subnets with a NAT gateway'))
    .addOption(new Option('--smoke-test', 'then run a tiny container in the pool, to see that it works'));
}
