import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PushpoolError } from '../../../../shared/domain/errors.ts';
import type { FlowRun } from '../../../../shared/domain/flow-run.ts';
import { placeholdersOf } from '../../../../shared/domain/job-template/placeholders.ts';
import { type JobInput, neededReferences, resolveJob } from '../../../../shared/domain/job-template/resolve.ts';
import type { Json, JsonObject } from '../../../../shared/domain/json/json.ts';

interface Vectors {
  known: Record<'blockDocuments' | 'blocksByName' | 'variables', JsonObject>;
  vectors: {
    template: JsonObject;
    deployment: JsonObject;
    run: JsonObject;
    outcome: { job?: JsonObject; error?: string };
  }[];
}

/** Made with the code of Prefect's workers by `data/make-vectors.py`. */
const { known, vectors } = JSON.parse(readFileSync(new URL('data/vectors.json', import.meta.url), 'utf8')) as Vectors;
const mapOf = (object: JsonObject) => new Map<string, Json>(Object.entries(object));
const values = {
  blockDocuments: mapOf(known.blockDocuments),
  blocksByName: mapOf(known.blocksByName),
  variables: mapOf(known.variables),
};
const id = (number: number) => `00000000-0000-0000-0000-00000000000${number}`;

function inputOf(template: JsonObject, deployment: JsonObject = {}, run: JsonObject = {}): JobInput {
  return {
    baseJobTemplate: template,
    deploymentJobVariables: deployment,
    runJobVariables: run,
    run: { id: id(4), name: 'calm-otter', flow_id: id(1), deployment_id: id(5) } as FlowRun,
    flow: { id: id(1), name: 'my flow' },
    deployment: { id: id(5), name: 'my deployment', updated: '2026-11-24T01:52:07.971417Z' },
    pool: { id: id(2), name: 'pool' },
    values,
    env: { PREFECT_API_URL: 'https://host/api', PREFECT_API_AUTH_STRING: 'token' },
  };
}

const templateOf = (configuration: JsonObject, properties: JsonObject = {}): JsonObject => ({
  job_configuration: { env: '{{ env }}', name: '{{ name }}', ...configuration },
  variables: { properties },
});

function outcomeOf(input: JobInput): { job?: JsonObject; error?: string } {
  try {
    return { job: resolveJob(input).job };
  } catch (error) {
    if (!(error instanceof PushpoolError)) throw error;
    return { error: error.message };
  }
}

describe('a job', () => {
  it('is what the worker of Prefect makes of the same template, for every vector', () => {
    const different = vectors
      .map(({ template, deployment, run, outcome }) => ({
        asked: JSON.stringify({ ...(template['job_configuration'] as JsonObject), deployment, run }),
        expected: outcome.error ? 'error' : outcome.job,
        actual: ((made) => (made.error ? 'error' : made.job))(outcomeOf(inputOf(template, deployment, run))),
      }))
      .filter(({ expected, actual }) => {
        try {
          expect(actual).toEqual(expected);
          return false;
        } catch {
          return true;
        }
      });

    expect(different).toEqual([]);
  });

  it('names the block that is missing', () => {
    const byName = outcomeOf(inputOf(templateOf({ x: '{{ prefect.blocks.aws.lost }}' })));
    const byId = outcomeOf(inputOf(templateOf({ x: { $ref: { block_document_id: id(9) } } })));

    expect(byName.error).toContain("Block not found: 'lost' of type 'aws'.");
    expect(byId.error).toContain(`Block not found: ID '${id(9)}'.`);
  });

  it('says which placeholder cannot stand inside text', () => {
    const { error } = outcomeOf(inputOf(templateOf({ x: '<{{ prefect.blocks.creds.full.nested }}>' })));

    expect(error).toContain("Block placeholder '{{ prefect.blocks.creds.full.nested }}' is a dict");
  });

  it('reports to this API with this run’s token whatever its own environment says, and warns', () => {
    const given = {
      PREFECT_API_URL: 'https://other/api',
      PREFECT_API_AUTH_STRING: null,
      PREFECT__FLOW_RUN_ID: id(4),
      OTHER: 'stays',
    };

    const { job, warnings } = resolveJob(inputOf(templateOf({}), { env: given }));

    expect(job['env']).toMatchObject({
      PREFECT_API_URL: 'https://host/api',
      PREFECT_API_AUTH_STRING: 'token',
      PREFECT__FLOW_RUN_ID: id(4),
      OTHER: 'stays',
    });
    expect(warnings.map((warning) => /PREFECT_\w+/.exec(warning)?.[0])).toEqual([
      'PREFECT_API_URL',
      'PREFECT_API_AUTH_STRING',
    ]);
  });

  it('cannot be made of a pool without a template, and says what to do', () => {
    expect(outcomeOf(inputOf({})).error).toContain('Update the pool');
  });
});

describe('needed references', () => {
  it('name blocks by id and by name, and variables, wherever they stand', () => {
    const template = templateOf(
      {
        a: ['{{ prefect.blocks.aws.mine.region }}', { k: '{{ prefect.variables.city }}' }],
        b: '{{ credentials }}',
        c: '{{ given }}',
      },
      { credentials: { default: { $ref: { block_document_id: id(9) } } } },
    );

    const needed = neededReferences(inputOf(template, { given: 'in {{ prefect.variables.country }}' }));

    expect([...needed.blockDocumentIds]).toEqual([id(9)]);
    expect([...needed.blockNames]).toEqual(['aws/mine']);
    expect([...needed.variableNames]).toEqual(['city', 'country']);
  });

  it('include, once the blocks are read, the variables that stand in them', () => {
    const source = inputOf(templateOf({ x: '{{ prefect.blocks.creds.asks }}' }));

    expect([...neededReferences(source).variableNames]).toEqual([]);
    expect([...neededReferences(source, values).variableNames]).toEqual(['city']);
  });

  it('leave out a default that a job variable replaces', () => {
    const template = templateOf({ x: '{{ c }}' }, { c: { default: { $ref: { block_document_id: id(9) } } } });

    expect(neededReferences(inputOf(template, { c: 'given' })).blockDocumentIds.size).toBe(0);
  });
});

describe('any template and any variables', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('{{ a }}', 'x{{ b.c }}', '{{a}}{{ $HOME }}', '{{ __proto__ }}', '{{ constructor.name }}'),
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.constantFrom(null, true, 0, 2.5),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c', 'env', '$ref', '__proto__'), tie('value'), { maxKeys: 3 }),
    ),
  })).value as fc.Arbitrary<Json>;
  const object = fc.dictionary(
    fc.constantFrom('a', 'b', 'env', 'name', 'a.b', 'env.X'),
    json,
  ) as fc.Arbitrary<JsonObject>;

  it('give a job without a placeholder of the template left, or an error of ours', () => {
    fc.assert(
      fc.property(object, object, object, (configuration, deployment, run) => {
        const { job } = outcomeOf(inputOf(templateOf(configuration), deployment, run));
        const literal = JSON.stringify([deployment, run]);
        const left = [...placeholdersOf(job ?? {})].filter(({ text: placeholder }) => !literal.includes(placeholder));
        expect(left).toEqual([]);
      }),
    );
  });

  it('give the same job twice and leave what was given as it was', () => {
    fc.assert(
      fc.property(object, object, (configuration, run) => {
        const input = inputOf(templateOf(configuration), {}, run);
        const before = JSON.stringify([input.baseJobTemplate, input.runJobVariables]);

        const [first, second] = [outcomeOf(input), outcomeOf(input)];

        expect(first).toEqual(second);
        expect(JSON.stringify([input.baseJobTemplate, input.runJobVariables])).toBe(before);
      }),
    );
  });

  it('give an environment of texts only', () => {
    fc.assert(
      fc.property(object, object, (configuration, run) => {
        const { job } = outcomeOf(inputOf(templateOf(configuration), {}, run));
        for (const value of Object.values((job?.['env'] ?? {}) as JsonObject)) expect(typeof value).toBe('string');
      }),
    );
  });
});
