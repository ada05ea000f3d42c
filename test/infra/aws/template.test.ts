import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../infra/aws/names.ts';
import { WILDCARD_METADATA } from '../../../infra/aws/wildcards.ts';
import { LIFECYCLE_DEFINITION } from '../../../shared/lifecycle/definition.ts';
import { TABLE_DEFINITION } from '../../../shared/store/table-definition.ts';
import { type Resource, synthesise } from './synthesised.ts';

const { of, resources, json, template } = synthesise();

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

const statementsOf = (resource: Resource): Statement[] => {
  const { PolicyDocument, KeyPolicy, Policies = [] } = resource.properties;
  const documents = [
    PolicyDocument,
    KeyPolicy,
    ...Policies.map((policy: Record<string, unknown>) => policy['PolicyDocument']),
  ];
  return documents.flatMap((document) => document?.Statement ?? []);
};
const listed = <Item>(value: Item | Item[] | undefined): Item[] =>
  value === undefined ? [] : ([value].flat() as Item[]);
const text = (value: unknown) => JSON.stringify(value);

describe('every function', () => {
  const functions = of('AWS::Lambda::Function');

  it('is one of ours: CDK brings none along', () => {
    const names = functions.map((resource) => resource.properties.FunctionName);

    expect(names.sort()).toEqual(FUNCTIONS.map((name) => `pushpool-${name}`).sort());
  });

  it.each(functions.map((resource) => [resource.properties.FunctionName, resource] as const))(
    '%s runs on Node 24, arm64, below the time of API Gateway, with a log of its own that is not kept for ever',
    (_name, { properties }) => {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
      expect(properties.Timeout).toBeLessThan(29);
      const log = resources.find((resource) => resource.id === properties.LoggingConfig.LogGroup.Ref);
      expect(log?.properties.RetentionInDays).toBe(30);
    },
  );

  it('has a role, a policy and a log group of its own', () => {
    const roles = functions.map((resource) => text(resource.properties.Role));
    const logs = functions.map((resource) => text(resource.properties.LoggingConfig.LogGroup));

    expect(new Set(roles).size).toBe(functions.length);
    expect(new Set(logs).size).toBe(functions.length);
    expect(of('AWS::IAM::Role').flatMap((role) => role.properties.ManagedPolicyArns ?? [])).toEqual([]);
  });

  it('gets the reserved concurrency that the context names, and none otherwise', () => {
    const reserved = synthesise({ reservedConcurrency: 'api=20, lifecycle=10' });

    const numbers = reserved
      .of('AWS::Lambda::Function')
      .map(({ properties }) => [properties.FunctionName, properties.ReservedConcurrentExecutions]);
    expect(Object.fromEntries(numbers)).toMatchObject({ 'pushpool-api': 20, 'pushpool-lifecycle': 10 });
    expect(functions.every(({ properties }) => properties.ReservedConcurrentExecutions === undefined)).toBe(true);
  });
});

describe('permissions', () => {
  it('have no * that is not explained in the template', () => {
    const unexplained = resources.flatMap((resource) => {
      const reasons = resource.all.Metadata?.[WILDCARD_METADATA] ?? {};
      return statementsOf(resource)
        .filter((statement) => statement.Effect === 'Allow')
        .flatMap((statement) => {
          const anyResource = listed(statement.Resource).includes('*');
          return listed(statement.Action).filter((action) => (anyResource || action.includes('*')) && !reasons[action]);
        })
        .map((action) => `${resource.id}: ${action}`);
    });

    expect(unexplained).toEqual([]);
  });

  it('pass roles to two services only, and to ECS only roles under /pushpool/ or listed ones (rule 30)', () => {
    const passed = (all: Resource[]) =>
      all.flatMap(statementsOf).filter((statement) => listed(statement.Action).includes('iam:PassRole'));
    const role = 'arn:aws:iam::111122223333:role/their-task-role';

    const toEcs = (statement: Statement) => text(statement.Condition).includes('ecs-tasks.amazonaws.com');
    const services = new Set(
      passed(resources).map((statement) => statement.Condition?.['StringEquals']?.['iam:PassedToService']),
    );
    expect(services).toEqual(new Set(['scheduler.amazonaws.com', 'ecs-tasks.amazonaws.com']));
    expect(
      passed(resources)
        .filter(toEcs)
        .map(({ Resource }) => text(Resource)),
    ).toEqual([expect.stringContaining(':role/pushpool/*')]);
    const withListed = passed(synthesise({ passRoles: role }).resources).filter(toEcs);
    expect(text(withListed)).toContain(role);
  });

  it('ask for tokens of this account’s own identity only for Azure, and only in one function', () => {
    const statements = resources
      .filter((resource) =>
        listed(statementsOf(resource).flatMap(({ Action }) => Action)).includes('sts:GetWebIdentityToken'),
      )
      .flatMap((resource) =>
        statementsOf(resource).map((statement) => ({ statement, roles: text(resource.properties.Roles) })),
      )
      .filter(({ statement }) => listed(statement.Action).includes('sts:GetWebIdentityToken'));

    const forTargets = statements.filter(({ roles }) => roles.includes('TargetsAci'));
    expect(forTargets).toHaveLength(1);
    expect(forTargets[0]?.statement).toMatchObject({
      Action: 'sts:GetWebIdentityToken',
      Condition: {
        'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': ['api://AzureADTokenExchange'] },
      },
    });
    for (const { statement } of statements) expect(text(statement.Condition)).toContain('IdentityTokenAudience');
  });

  it('let a role outside be passed only by its whole name', () => {
    expect(() => synthesise({ passRoles: 'arn:aws:iam::111122223333:role/*' })).toThrow(/whole ARN/);
  });

  it('give every role that is handed to a service the path /pushpool/', () => {
    const handedOver = of('AWS::IAM::Role').filter((role) =>
      text(role.properties.AssumeRolePolicyDocument).includes('scheduler'),
    );

    expect(handedOver.map((role) => role.properties.Path)).toEqual(['/pushpool/']);
  });
});

describe('data', () => {
  const [table] = of('AWS::DynamoDB::Table');
  const [key] = of('AWS::KMS::Key');

  it('has point-in-time recovery, a key of its own that rotates, TTL, deletion protection, and costs by use', () => {
    expect(table?.properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: { 'Fn::GetAtt': [key?.id, 'Arn'] } },
      TimeToLiveSpecification: { AttributeName: TABLE_DEFINITION.timeToLiveAttribute, Enabled: true },
    });
    expect(key?.properties.EnableKeyRotation).toBe(true);
  });

  it('outlives the stack: table and key are retained (rule 31)', () => {
    for (const resource of [table, key]) {
      expect(resource?.all).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  });

  it('has the keys and key-only indexes of the table definition', () => {
    const indexes = table?.properties.GlobalSecondaryIndexes.map((index: Record<string, unknown>) => [
      index['IndexName'],
      index['KeySchema'],
      index['Projection'],
    ]);

    expect(table?.properties.KeySchema).toEqual(keySchema(TABLE_DEFINITION));
    expect(indexes).toEqual(
      TABLE_DEFINITION.indexes.map((index) => [index.name, keySchema(index), { ProjectionType: 'KEYS_ONLY' }]),
    );
  });

  function keySchema(key: { partitionKey: string; sortKey: string }) {
    return [
      { AttributeName: key.partitionKey, KeyType: 'HASH' },
      { AttributeName: key.sortKey, KeyType: 'RANGE' },
    ];
  }
});

describe('the lifecycle', () => {
  const [stateMachine] = of('AWS::StepFunctions::StateMachine');

  it('is the definition that the local home interprets, to the letter', () => {
    expect(JSON.parse(stateMachine?.properties.DefinitionString)).toEqual(LIFECYCLE_DEFINITION);
  });

  it('gives containers the grace that the context names, in the functions as in the definition', () => {
    const { of: ofOther } = synthesise({ cancelGraceSeconds: '120' });

    const definition = JSON.parse(ofOther('AWS::StepFunctions::StateMachine')[0]?.properties.DefinitionString);
    expect(definition.States.AwaitEnd.TimeoutSeconds).toBe(120);
    const functions = ofOther('AWS::Lambda::Function').flatMap(({ properties }) => properties.Environment ?? []);
    const given = functions.map(({ Variables }) => Variables.CANCEL_GRACE_SECONDS).filter((seconds) => seconds);
    expect(new Set(given)).toEqual(new Set(['120']));
    expect(() => synthesise({ cancelGraceSeconds: '300' })).toThrow(/less than 300/);
  });

  it('fills every placeholder of the definition', () => {
    const placeholders = text(LIFECYCLE_DEFINITION).match(/\$\{(\w+)\}/g) ?? [];

    const known = Object.keys(stateMachine?.properties.DefinitionSubstitutions).map((name) => `\${${name}}`);
    expect(new Set(placeholders)).toEqual(new Set(known));
  });

  it('logs errors, and is traced one time in twenty at most (rule 26)', () => {
    expect(stateMachine?.properties.LoggingConfiguration.Level).toBe('ERROR');
    expect(stateMachine?.properties.TracingConfiguration).toEqual({ Enabled: true });
    template.hasResourceProperties('AWS::XRay::SamplingRule', { SamplingRule: { FixedRate: 0.05, ReservoirSize: 0 } });
  });

  it('may call its own function and the targets, nothing else', () => {
    const policies = of('AWS::IAM::Policy').filter((policy) => policy.id.startsWith('LifecycleFlowRun'));

    const statements = policies.flatMap(statementsOf);
    const called = statements.filter((statement) => listed(statement.Action).includes('lambda:InvokeFunction'));
    expect(called).toHaveLength(1);
    expect(listed(called[0]?.Resource)).toHaveLength(5);
  });

  it('keeps the names of its functions over upgrades (rule 29)', () => {
    const names = of('AWS::Lambda::Function').map((resource) => resource.properties.FunctionName);

    expect(names).toEqual(expect.arrayContaining(['pushpool-lifecycle', 'pushpool-target-ecs']));
    expect(stateMachine?.properties.StateMachineName).toBe('pushpool-flow-run');
  });
});

describe('triggers', () => {
  it('repair is called only for items that owe an effect (rule 2)', () => {
    const [mapping] = of('AWS::Lambda::EventSourceMapping');

    expect(
      mapping?.properties.FilterCriteria.Filters.map((filter: { Pattern: string }) => JSON.parse(filter.Pattern)),
    ).toEqual([{ dynamodb: { NewImage: { pending: { N: [{ exists: true }] } } } }]);
    expect(mapping?.properties.DestinationConfig.OnFailure.Destination).toBeDefined();
    expect(of('AWS::DynamoDB::Table')[0]?.properties.StreamSpecification).toEqual({ StreamViewType: 'NEW_IMAGE' });
  });

  it('every rule has a maximum event age, at most 2 retries and a dead-letter queue (rule 16)', () => {
    const targets = of('AWS::Events::Rule').flatMap((rule) => rule.properties.Targets);

    // A task that has stopped is seen by the pool's watch as well; of a stopped execution nobody else hears.
    const ages = targets.map(({ RetryPolicy }) => RetryPolicy.MaximumEventAgeInSeconds);
    expect(ages.sort()).toEqual([300, 3600]);
    for (const target of targets) {
      expect(target.RetryPolicy.MaximumRetryAttempts).toBe(2);
      expect(target.DeadLetterConfig.Arn).toBeDefined();
    }
  });

  it('the lifecycle function hears of executions of its own state machine that did not end well; what it cannot do is kept', () => {
    const lifecycle = of('AWS::Lambda::Function').find(
      ({ properties }) => properties.FunctionName === 'pushpool-lifecycle',
    );
    const rule = of('AWS::Events::Rule').find(({ properties }) => properties.EventPattern.source[0] === 'aws.states');
    const later = of('AWS::Lambda::EventInvokeConfig').find(
      ({ properties }) => properties.FunctionName.Ref === lifecycle?.id,
    );

    const [stateMachine] = of('AWS::StepFunctions::StateMachine');
    expect(rule?.properties.EventPattern).toEqual({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [{ Ref: stateMachine?.id }], status: ['ABORTED', 'TIMED_OUT', 'FAILED'] },
    });
    expect(rule?.properties.Targets).toMatchObject([{ Arn: { 'Fn::GetAtt': [lifecycle?.id, 'Arn'] } }]);
    expect(later?.properties).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 });
    expect(later?.properties.DestinationConfig.OnFailure.Destination).toBeDefined();
  });
});

describe('what a team’s own rules meet', () => {
  const byName = (name: string) =>
    of('AWS::Lambda::Function').find((resource) => resource.properties.FunctionName === name)!;
  const policyOf = (lambda: Resource) =>
    of('AWS::IAM::Policy')
      .filter((policy) => text(policy.properties.Roles).includes(lambda.properties.Role['Fn::GetAtt'][0]))
      .flatMap(statementsOf);

  it('is a bus of state changes that every function which changes runs may put to, and only that one', () => {
    const [bus] = of('AWS::Events::EventBus');
    const putting = of('AWS::IAM::Policy')
      .flatMap(statementsOf)
      .filter((statement) => listed(statement.Action).includes('events:PutEvents'));

    expect(bus?.properties.Name).toBe('pushpool');
    expect(putting.length).toBeGreaterThan(5);
    for (const statement of putting) expect(text(statement.Resource)).toContain(':event-bus/pushpool');
  });

  it('is run-deployment: what it refuses is kept with the reason, in a queue that raises an alarm', () => {
    const [config] = of('AWS::Lambda::EventInvokeConfig').filter((resource) =>
      text(resource.properties.FunctionName).includes(byName('pushpool-run-deployment').id),
    );
    const queue = config?.properties.DestinationConfig.OnFailure.Destination['Fn::GetAtt'][0];

    expect(config?.properties).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 });
    expect(resources.find((resource) => resource.id === queue)?.type).toBe('AWS::SQS::Queue');
    expect(text(of('AWS::CloudWatch::Alarm').map(({ properties }) => properties.Dimensions))).toContain(queue);
    expect(text(json.Outputs.RunDeploymentArn.Value)).toContain(byName('pushpool-run-deployment').id);
  });

  it('may make and start runs, and nothing with containers, roles of tasks, or other functions', () => {
    const actions = policyOf(byName('pushpool-run-deployment')).flatMap(({ Action }) => listed(Action));

    expect(actions).toEqual(expect.arrayContaining(['dynamodb:PutItem', 'states:StartExecution', 'sqs:SendMessage']));
    expect(actions.filter((action) => /^(ecs|lambda|ec2|logs:Get)/.test(action))).toEqual([]);
  });
});

describe('the one host', () => {
  const [distribution] = of('AWS::CloudFront::Distribution');
  const config = distribution?.properties.DistributionConfig;

  it('sends the sockets of Prefect to the WebSocket API with their path as a header', () => {
    const sockets = config.CacheBehaviors.filter(
      (behavior: Record<string, unknown>) => behavior['FunctionAssociations'],
    );

    expect(sockets.map((behavior: Record<string, unknown>) => behavior['PathPattern'])).toEqual([
      '/api/events/in',
      '/api/events/out',
      '/api/logs/out',
      '/api/task_runs/subscriptions/scheduled',
    ]);
    expect(of('AWS::CloudFront::Function')[0]?.properties.FunctionCode).toContain('x-pushpool-path');
  });

  it('passes all of the API on but the Host, and caches no answer (rule 28)', () => {
    const behaviors = config.CacheBehaviors;
    expect(behaviors.map((behavior: { PathPattern: string }) => behavior.PathPattern)).toEqual(
      expect.arrayContaining(['/api/*', '/docs', '/docs/*', '/openapi.json', '/ui-settings']),
    );

    const caching = behaviors.filter(
      (behavior: Record<string, unknown>) => behavior['CachePolicyId'] !== '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
    );
    expect(caching.map((behavior: Record<string, unknown>) => behavior['PathPattern'])).toEqual(['/unavailable']);
    for (const behavior of behaviors) {
      expect(behavior.OriginRequestPolicyId).toBe('b689b0a8-53d0-40ab-baf2-68738e2966ac');
      expect(behavior.ViewerProtocolPolicy).toBe('https-only');
    }
  });

  it('shows the web page at every other path, kept as its own headers say, by a function that may only write its log', () => {
    const { DefaultCacheBehavior: page, DefaultRootObject, Origins } = config;

    expect(page).toMatchObject({ ViewerProtocolPolicy: 'redirect-to-https', AllowedMethods: ['GET', 'HEAD'] });
    expect(page.CachePolicyId).toBe('658327ea-f89d-4fab-a63d-7e88639e58f6');
    expect(DefaultRootObject).toBe('index.html');
    const origin = Origins.find((one: Record<string, unknown>) => one['Id'] === page.TargetOriginId);
    expect(origin.OriginPath).toBe('/page');
    const routes = of('AWS::ApiGatewayV2::Route').map(({ properties }) => properties.RouteKey);
    expect(routes).toEqual(expect.arrayContaining(['GET /page/{proxy+}', 'HEAD /page/{proxy+}']));
    const policy = of('AWS::IAM::Policy').find(({ id }) => /^ApiPage/.test(id));
    expect(policy?.properties.PolicyDocument.Statement.map(({ Action }: { Action: string[] }) => Action)).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
    ]);
  });

  it('answers 503 where API Gateway says 500 or 504, and keeps no error (rule 27)', () => {
    const responses = config.CustomErrorResponses as Record<string, unknown>[];

    const changed = responses.filter((response) => response['ResponseCode'] !== undefined);
    expect(changed.map((response) => [response['ErrorCode'], response['ResponseCode']])).toEqual([
      [500, 503],
      [504, 503],
    ]);
    expect(responses.every((response) => response['ErrorCachingMinTTL'] === 0)).toBe(true);
    expect(responses.map((response) => response['ErrorCode'])).toEqual(expect.arrayContaining([404, 502, 503]));
  });

  it('is written down where the functions look for it, or another address in its place', () => {
    const [parameter] = of('AWS::SSM::Parameter');
    const [named] = synthesise({ apiUrl: 'https://pushpool.example.com/api' }).of('AWS::SSM::Parameter');

    expect(text(parameter?.properties.Value)).toContain(distribution?.id);
    expect(named?.properties.Value).toBe('https://pushpool.example.com/api');
    for (const lambda of of('AWS::Lambda::Function')) {
      expect(lambda.properties.Environment.Variables.API_URL_PARAMETER).toBe(parameter?.properties.Name);
    }
  });
});

describe('outputs', () => {
  it('say what an operator and the CLI need', () => {
    expect(Object.keys(json.Outputs)).toEqual(
      expect.arrayContaining([
        'ApiUrl',
        'TableName',
        'KeyArn',
        'EventBusName',
        'RunDeploymentArn',
        'HttpApiId',
        'WebSocketApiId',
        'WebSocketStage',
      ]),
    );
  });
});
