import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdkJson from '../../../cdk.json' with { type: 'json' };
import type { Bundles } from '../../../infra/aws/bundle.ts';
import { FUNCTIONS } from '../../../infra/aws/names.ts';
import { PushpoolStack } from '../../../infra/aws/stack.ts';

export interface Resource {
  readonly id: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is whatever JSON CloudFormation takes; tests look into it
  readonly properties: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly all: any;
}

/** The template as `cdk synth` makes it, with empty folders for bundles: what is in them is another test's matter. */
export function synthesise(context: Record<string, string> = {}) {
  const app = new App({ context: { ...cdkJson.context, ...context } });
  const empty = mkdtempSync(path.join(tmpdir(), 'pushpool-bundle-'));
  const bundles = Object.fromEntries(FUNCTIONS.map((name) => [name, empty])) as unknown as Bundles;
  const template = Template.fromStack(new PushpoolStack(app, 'pushpool', { bundles }));
  const json = template.toJSON();
  const resources = Object.entries(json.Resources as Record<string, { Type: string; Properties?: unknown }>).map(
    ([id, resource]): Resource => ({ id, type: resource.Type, properties: resource.Properties ?? {}, all: resource }),
  );
  return { template, json, of: (type: string) => resources.filter((resource) => resource.type === type), resources };
}
