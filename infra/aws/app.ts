import { App } from 'aws-cdk-lib';
import { bundleFunctions, pageIsBuilt } from './bundle.ts';
import { PushpoolStack } from './stack.ts';

// What `cdk synth` and `cdk deploy` run (cdk.json). Needs no credentials, no Docker and no network.
const app = new App();
const stackName = String(app.node.tryGetContext('stackName') ?? 'pushpool');
if (!pageIsBuilt()) console.error('Without the web page, which is not built: npm run ui:build makes it.');
const bundles = await bundleFunctions(`${process.env['CDK_OUTDIR'] ?? 'cdk.out'}/functions`);
new PushpoolStack(app, stackName, {
  bundles,
  description: 'pushpool: Prefect flows on serverless compute',
});
app.synth();
