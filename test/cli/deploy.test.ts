import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

const FLOW = `
from prefect import flow

@flow(name="Say hello")
def hello(name: str = "world", times: int = 1, when: "datetime" = None):
    """Greets somebody.

    More than once, if wanted.
    """

@flow
async def clean_up(folder, *, dry: bool = True, **others):
    pass
`;

let cli: CommandLineAtHome;
beforeAll(async () => {
  cli = await startCommandLine();
  cli.write('flow.py', FLOW);
  await cli.json('work-pool', 'create', 'local', '--type', 'process:push');
});
afterAll(() => cli.close());

/** Deploys the text as a prefect.yaml; the deployments, and what was printed. */
async function deployFile(text: string, ...args: string[]) {
  cli.write('deploy.yaml', text);
  const given = args.length > 0 ? args : ['--all'];
  const result = await cli.run(['deploy', '--prefect-file', 'deploy.yaml', ...given, '--json']);
  return { ...result, deployed: result.exitCode === 0 ? JSON.parse(result.stdout) : null };
}

describe('pushpool deploy with an entrypoint', () => {
  it('knows name, description and parameters of the flow from its source, without Python', async () => {
    const [deployment] = await cli.json('deploy', 'flow.py:hello', '-n', 'plain', '--pool', 'local');

    expect(deployment).toMatchObject({
      name: 'plain',
      entrypoint: 'flow.py:hello',
      description: 'Greets somebody.\n\nMore than once, if wanted.',
      parameter_openapi_schema: {
        properties: {
          name: { type: 'string', default: 'world', position: 0 },
          times: { type: 'integer', default: 1, position: 1 },
          when: { default: null, position: 2 },
        },
      },
      pull_steps: [{ 'prefect.deployments.steps.set_working_directory': { directory: cli.folder } }],
    });
    expect((await cli.json('deployment', 'inspect', 'Say hello/plain')).id).toBe(deployment.id);
  });

  it('holds a run to no schema when the flow takes any parameter', async () => {
    const [deployment] = await cli.json('deploy', 'flow.py:clean_up', '-n', 'any', '--pool', 'local');

    expect(deployment).toMatchObject({ parameter_openapi_schema: null, enforce_parameter_schema: false });
    expect((await cli.json('deployment', 'inspect', 'clean-up/any')).id).toBe(deployment.id);
  });

  it('passes on an entrypoint whose file is not here', async () => {
    const [deployment] = await cli.json('deploy', 'elsewhere.py:far_away', '-n', 'remote', '--pool', 'local');

    expect(deployment).toMatchObject({ entrypoint: 'elsewhere.py:far_away', parameter_openapi_schema: null });
    expect((await cli.json('deployment', 'inspect', 'far-away/remote')).id).toBe(deployment.id);
  });

  it('takes schedules, parameters, tags, limits and job variables from options', async () => {
    const [deployment] = await cli.json(
      ...['deploy', 'flow.py:hello', '-n', 'full', '--pool', 'local', '--cron', '0 5 * * *', '--interval', '600'],
      ...['--timezone', 'Europe/Berlin', '--param', 'times=3', '--param', 'name=Ada', '-t', 'a', '-t', 'b'],
      ...['--job-variable', 'env={"A": "1"}', '--description', 'mine', '--version', '7'],
    );

    expect(deployment).toMatchObject({
      parameters: { times: 3, name: 'Ada' },
      tags: ['a', 'b'],
      job_variables: { env: { A: '1' } },
      description: 'mine',
      version: '7',
    });
    const kinds = deployment.schedules.map(({ schedule }: { schedule: object }) => schedule);
    expect(kinds).toContainEqual({ cron: '0 5 * * *', timezone: 'Europe/Berlin', day_or: true });
    expect(kinds).toContainEqual(expect.objectContaining({ interval: 600, timezone: 'Europe/Berlin' }));
  });

  it('says that it was updated the second time, and keeps the id', async () => {
    const first = await cli.run(['deploy', 'flow.py:hello', '-n', 'again', '--pool', 'local']);
    const second = await cli.run(['deploy', 'flow.py:hello', '-n', 'again', '--pool', 'local']);

    expect(first.stderr).toMatch(/Created deployment "Say hello\/again" \(([0-9a-f-]+)\)/);
    expect(second.stderr).toContain(first.stderr.match(/\([0-9a-f-]+\)/)?.[0]);
    expect(second.stderr).toContain('Updated deployment "Say hello/again"');
  });
});

describe('pushpool deploy of any program', () => {
  it('deploys an image and a command without an entrypoint, and runs it', async () => {
    const [deployment] = await cli.json(
      'deploy',
      '-n',
      'shell',
      '--pool',
      'local',
      '--command',
      "sh -c 'echo $GREETING'",
    );

    expect(deployment).toMatchObject({ entrypoint: null, pull_steps: [] });
    const { exitCode, stdout } = await cli.run([
      ...['deployment', 'run', 'shell/shell', '--job-variable', 'env={"GREETING": "salut"}', '--watch'],
    ]);
    expect(stdout).toContain('salut');
    expect(exitCode).toBe(0);
  });

  it('asks what to run when neither entrypoint nor command is given', async () => {
    const { exitCode, stderr } = await cli.run(['deploy', '-n', 'nothing', '--pool', 'local']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('pushpool deploy flow.py:my_flow');
  });
});

describe('pushpool deploy with a prefect.yaml', () => {
  it('deploys several with anchors, tags, schedules, queues and limits', async () => {
    const { deployed } = await deployFile(`
      definitions:
        pool: &pool
          name: local
          job_variables: { stream_output: yes }
      deployments:
        - name: one
          entrypoint: flow.py:hello
          work_pool: *pool
          schedules:
            - cron: "0 5 * * 1-5"
              timezone: Europe/Berlin
              slug: weekdays
              active: no
            - interval: 00:10:00
              anchor_date: 2026-01-01T00:00:00+00:00
              parameters: { times: 2 }
            - rrule: FREQ=WEEKLY;BYDAY=MO
        - name: two
          entrypoint: flow.py:hello
          parameters: { name: Ada }
          work_pool: { <<: *pool, work_queue_name: urgent }
          concurrency_limit: { limit: 2, collision_strategy: CANCEL_NEW }
          paused: true
    `);

    expect(deployed).toHaveLength(2);
    const [one, two] = deployed;
    expect(one.job_variables).toEqual({ stream_output: true });
    expect(one.schedules).toHaveLength(3);
    expect(one.schedules).toContainEqual(expect.objectContaining({ slug: 'weekdays', active: false }));
    expect(one.schedules).toContainEqual(
      expect.objectContaining({ schedule: expect.objectContaining({ interval: 600 }), parameters: { times: 2 } }),
    );
    expect(two).toMatchObject({ work_queue_name: 'urgent', paused: true, parameters: { name: 'Ada' } });
    expect(two.concurrency_options).toMatchObject({ collision_strategy: 'CANCEL_NEW' });
  });

  it('fills in environment, variables, blocks and the outputs of build steps', async () => {
    await cli.json('variable', 'set', 'team', 'data');
    await cli.json('block', 'create', '-t', 'secret', '-n', 'token', '--field', 'value=hush');
    cli.write(
      'deploy.yaml',
      `
      build:
        - prefect.deployments.steps.run_shell_script:
            id: commit
            script: |
              echo abc123
            stream_output: false
        - prefect.deployments.steps.run_shell_script:
            id: second
            script: echo "{{ commit.stdout }} of {{ prefect.variables.team }} in {{ $STAGE }}"
      pull:
        - prefect.deployments.steps.git_clone:
            repository: https://example.com/{{ commit.stdout }}.git
            access_token: "{{ prefect.blocks.secret.token }}"
      deployments:
        - name: "{{ $STAGE }}-deployment"
          version: "{{ commit.stdout }}"
          entrypoint: flow.py:hello
          tags: ["{{ prefect.variables.team }}", "{{ commit.stdout }}", "{{ nothing }}"]
          description: "Built {{ second.stdout }}"
          work_pool:
            name: local
            job_variables:
              env: { TOKEN: "{{ prefect.blocks.secret.token }}", RUN: "{{ ctx.flow_run.id }}", MISSING: "{{ no.such }}" }
      `,
    );

    const { stderr, stdout } = await cli.run(['deploy', '--prefect-file', 'deploy.yaml', '--json'], {
      env: { STAGE: 'prod' },
    });
    const [deployment] = JSON.parse(stdout);

    expect(deployment).toMatchObject({
      name: 'prod-deployment',
      version: 'abc123',
      tags: ['data', 'abc123'],
      description: 'Built abc123 of data in prod',
      job_variables: { env: { TOKEN: 'hush', RUN: '{{ ctx.flow_run.id }}' } },
      // secrets of pull steps stay out of the deployment: the run resolves them
      pull_steps: [
        {
          'prefect.deployments.steps.git_clone': {
            repository: 'https://example.com/abc123.git',
            access_token: '{{ prefect.blocks.secret.token }}',
          },
        },
      ],
    });
    expect(stderr).toContain('Nothing gives a value for {{ no.such }}');
  });

  it('makes the automations of triggers, and makes them anew when deployed again', async () => {
    const text = `
      deployments:
        - name: triggered
          entrypoint: flow.py:hello
          work_pool: { name: local }
          triggers:
            - name: after load
              expect: [load.done]
              match: { prefect.resource.id: "loads.*" }
              parameters: { name: "{{ event.resource.id }}" }
            - type: compound
              require: all
              within: 60
              triggers:
                - expect: [a]
                - expect: [b]
    `;
    const { deployed } = await deployFile(text);
    await deployFile(text);

    const answer = await fetch(`${cli.home.apiUrl}/automations/related-to/prefect.deployment.${deployed[0].id}`);
    const automations = (await answer.json()) as { name: string; actions: object[] }[];
    expect(automations.map(({ name }) => name).sort()).toEqual(['after load', 'triggered__automation_2']);
    expect(automations.find(({ name }) => name === 'after load')?.actions).toMatchObject([
      { type: 'run-deployment', deployment_id: deployed[0].id, parameters: { name: '{{ event.resource.id }}' } },
    ]);
  });

  it('selects by name, flow and pattern', async () => {
    const text = `
      deployments:
        - { name: night-a, entrypoint: "flow.py:hello", work_pool: { name: local } }
        - { name: night-b, entrypoint: "flow.py:clean_up", work_pool: { name: local } }
        - { name: day, entrypoint: "flow.py:hello", work_pool: { name: local } }
    `;
    const names = async (...args: string[]) =>
      (await deployFile(text, ...args)).deployed.map(({ name }: { name: string }) => name);

    expect(await names('-n', 'night-*')).toEqual(['night-a', 'night-b']);
    expect(await names('-n', 'clean-up/night-*')).toEqual(['night-b']);
    expect(await names('-n', 'day', '-n', 'night-a')).toEqual(['day', 'night-a']);
  });

  it('says what was deployed before one failed', async () => {
    const { exitCode, stderr } = await deployFile(`
      deployments:
        - { name: good, entrypoint: "flow.py:hello", work_pool: { name: local } }
        - { name: bad, entrypoint: "flow.py:hello", work_pool: { name: nowhere } }
    `);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no work pool "nowhere"');
    expect(stderr).toContain('1 of 2 were deployed before: Say hello/good');
  });

  it('stops at a build step that fails, with its line and its words', async () => {
    const { exitCode, stderr } = await deployFile(`
      build:
        - prefect.deployments.steps.run_shell_script: { script: "sh -c 'echo broken >&2; exit 3'" }
      deployments: [{ name: unbuilt, entrypoint: "flow.py:hello", work_pool: { name: local } }]
    `);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('ended with code 3: broken');
    expect((await cli.run(['deployment', 'inspect', 'unbuilt'])).exitCode).toBe(1);
  });

  it('says which steps are Python code that it cannot do', async () => {
    const { stderr } = await deployFile(`
      push: [{ prefect_aws.deployments.steps.push_to_s3: { bucket: b } }]
      deployments: [{ name: s3, entrypoint: "flow.py:hello", work_pool: { name: local } }]
    `);

    expect(stderr).toContain('pushpool cannot do the step prefect_aws.deployments.steps.push_to_s3');
    expect(stderr).toContain('prefect deploy');
  });
});

describe('images', () => {
  const IMAGE = `
    build:
      - prefect_docker.deployments.steps.build_docker_image:
          id: build-image
          image_name: flows
          tag: "1"
          dockerfile: auto
          platform: linux/amd64
    push:
      - prefect_docker.deployments.steps.push_docker_image:
          image_name: "{{ build-image.image_name }}"
          tag: "{{ build-image.tag }}"
    deployments:
      - name: in-image
        entrypoint: flow.py:hello
        work_pool: { name: local, job_variables: { env: { IMAGE: "{{ build-image.image }}" } } }
  `;

  it('builds and pushes with Docker, and lets the run find its code in the image', async () => {
    // A program in Docker's place that writes down how it was called.
    mkdirSync(path.join(cli.folder, 'bin'), { recursive: true });
    const log = path.join(cli.folder, 'docker.log');
    const program = cli.write(
      'bin/docker',
      `#!/bin/sh\necho "$@" >>${log}\ncase "$1" in build) cat >>${log};; image) echo sha256:42;; esac\n`,
    );
    chmodSync(program, 0o755);
    cli.write('deploy.yaml', IMAGE);

    const { stdout, stderr } = await cli.run(['deploy', '--prefect-file', 'deploy.yaml', '--json'], {
      env: {
        PATH: `${cli.folder}/bin:${process.env['PATH']}`,
        PREFECT_DEFAULT_DOCKER_BUILD_NAMESPACE: 'registry.example.com/team',
      },
    });

    expect(stderr).toContain('Created');
    const [deployment] = JSON.parse(stdout);
    const image = 'registry.example.com/team/flows:1';
    expect(deployment.job_variables).toEqual({ env: { IMAGE: image } });
    const folder = `/opt/prefect/${path.basename(cli.folder)}`;
    expect(deployment.pull_steps).toEqual([
      { 'prefect.deployments.steps.set_working_directory': { directory: folder } },
    ]);
    const called = readFileSync(log, 'utf8');
    expect(called).toContain(`build --tag ${image} --file - --platform linux/amd64 --pull .`);
    expect(called).toContain(`COPY . ${folder}/`);
    expect(called).toContain(`push ${image}`);
  });

  it('says what to do without Docker', async () => {
    cli.write('deploy.yaml', IMAGE);

    const { exitCode, stderr } = await cli.run(['deploy', '--prefect-file', 'deploy.yaml'], {
      env: { PATH: path.join(cli.folder, 'no-programs') },
    });

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Docker was not found in PATH');
    expect(stderr).toContain('`build: null`');
  });
});

describe('a prefect.yaml that is not right', () => {
  it.each([
    ['deployments: [', 'is not YAML'],
    ['deployments: {}', '`deployments`: it must be a list'],
    [
      'deployments: [{ name: a, schedules: [{ cron: "* * * * *", interval: 5 }] }]',
      'the deployment "a": give exactly one of cron, interval or rrule',
    ],
    ['deployments: [{ name: a, parameters: [1] }]', '`parameters` of the deployment "a": it must be a mapping'],
    ['deployments: [{ tags: 3 }]', '`tags` of the deployment number 1: it must be a text or a list'],
    ['deployments: [{ name: a, schedule: {cron: "* * * * *"}, schedules: [] }]', 'not `schedule` as well'],
    ['deployments: []', 'The file has no deployments.'],
    ['deployments: [{ entrypoint: "flow.py:hello" }]', 'number 1 of the file has no name'],
  ])('%s', async (text, sentence) => {
    const { exitCode, stderr } = await deployFile(text);

    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).toContain(sentence);
  });

  it('is warned of keys that nothing reads, with the one that was meant', async () => {
    const { stderr } = await deployFile(
      'deployments: [{ name: a, entrypoint: "flow.py:hello", shedules: [], work_pool: { name: local, queue: x } }]',
    );

    expect(stderr).toContain('"shedules" of the deployment "a" is not read. Did you mean "schedules"?');
    expect(stderr).toContain('"queue" in work_pool of the deployment "a" is not read.');
  });
});
