import { ACCESS_KEY, FakeEcs } from '../../../fakes/ecs/ecs-cloud.ts';
import { testApp } from '../../../test-app.ts';
import { everyVariableSuite } from '../every-variable.ts';
import { attempt } from '../job-of-pool.ts';

const ROLE = 'arn:aws:iam::123456789012:role/pushpool/flows';
const keys = (id: string) => ({ aws_access_key_id: id, aws_secret_access_key: 's', region_name: 'us-east-1' });

everyVariableSuite({
  poolType: 'ecs:push',
  needed: { aws_credentials: keys(ACCESS_KEY), cluster: 'flows', execution_role_arn: ROLE },
  samples: {
    env: { A: 'b' },
    labels: { team: 'x' },
    command: 'true',
    task_definition_arn: 'own:1',
    aws_credentials: keys('AKIAOTHER'),
    cluster: 'default',
    family: 'own-family',
    launch_type: 'FARGATE_SPOT',
    capacity_provider_strategy: [{ capacityProvider: 'own', weight: 1 }],
    image: 'flows:2',
    cpu: 512,
    memory: 4096,
    container_name: 'main',
    task_role_arn: `${ROLE}-task`,
    execution_role_arn: `${ROLE}-other`,
    vpc_id: 'vpc-2',
    configure_cloudwatch_logs: false,
    cloudwatch_logs_options: { 'awslogs-group': 'own' },
    cloudwatch_logs_prefix: 'own',
    network_configuration: { subnets: ['subnet-a'], securityGroups: ['sg-1'] },
    auto_deregister_task_definition: true,
    prefect_api_key_secret_arn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:key',
    prefect_api_auth_string_secret_arn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:auth',
  },
  together: { network_configuration: { vpc_id: 'vpc-default' } },
  elsewhere: {
    name: 'an ECS task has no name; the labels carry the run’s',
    match_latest_revision_in_family: 'pushpool always does',
    task_start_timeout_seconds: 'how long the lifecycle waits for the start',
  },
  async submit(job) {
    const home = await testApp();
    const fake = await new FakeEcs(() => new Date()).start();
    fake.accessKeys.add('AKIAOTHER');
    fake.vpcs.set('vpc-2', ['subnet-2']);
    fake.definitions.register({
      ...{ family: 'own', cpu: '256', memory: '512', networkMode: 'awsvpc' },
      containerDefinitions: [{ name: 'prefect', image: 'i', memory: 512 }],
    });
    const parameters = { endpoint_url: fake.url };
    const aws_credentials = { ...(job['aws_credentials'] as object), aws_client_parameters: parameters };
    const target = fake.target(home.app, (_label, work) => work());
    await target.submit({ ...job, aws_credentials }, attempt());
    await fake.close();
    await home.close();
    return fake.server.requests.map(({ operation, accessKey, body }) => ({ operation, accessKey, body }));
  },
});
