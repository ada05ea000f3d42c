import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../../shared/targets/target.ts';
import type { TargetError, TargetErrorKind } from '../../../../shared/targets/target-error.ts';
import type { CODES } from '../../../fakes/modal/faults.ts';
import { attempt, jobWith, modal } from './modal-target.ts';

let home: Awaited<ReturnType<typeof modal>>;
beforeEach(async () => {
  home = await modal();
});
afterEach(() => home.fake.close());

const refusal = (code: keyof typeof CODES, details: string, retryAfterSeconds?: number): Promise<TargetError> => {
  home.fake.faults.add({
    on: 'SandboxCreateV2',
    when: 'before',
    do: { code, details, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) },
  });
  return home
    .target()
    .submit(jobWith(), attempt())
    .then(
      () => expect.unreachable(),
      (error) => error,
    );
};

describe('an error of Modal', () => {
  it.each<[keyof typeof CODES, string, TargetErrorKind]>([
    ['RESOURCE_EXHAUSTED', 'Rate limit exceeded', 'throttled'],
    ['RESOURCE_EXHAUSTED', 'Too many requests', 'throttled'],
    ['RESOURCE_EXHAUSTED', 'Workspace concurrency limit reached', 'capacity'],
    ['UNAVAILABLE', 'x', 'unknown-outcome'],
    ['INTERNAL', 'x', 'unknown-outcome'],
    ['UNKNOWN', 'x', 'unknown-outcome'],
    ['CANCELLED', 'x', 'unknown-outcome'],
    ['DEADLINE_EXCEEDED', 'x', 'unknown-outcome'],
    ['PERMISSION_DENIED', 'x', 'permission'],
    ['NOT_FOUND', 'x', 'not-found'],
    ['INVALID_ARGUMENT', 'x', 'invalid'],
    ['FAILED_PRECONDITION', 'x', 'invalid'],
    ['UNAUTHENTICATED', 'x', 'credentials'],
  ])('%s "%s" at the creation is %s', async (code, details, kind) => {
    const error = await refusal(code, details);

    expect(error).toMatchObject({ kind, cloudCode: code });
    expect(error.message).toMatch(new RegExp(`Modal says: ${details}\\. \\(${code}\\)$`));
  });

  it('that asks for a long wait is left to the state machine, whatever the SDK would wait', async () => {
    expect(await refusal('RESOURCE_EXHAUSTED', 'Rate limit exceeded', 3600)).toMatchObject({ kind: 'throttled' });

    home.fake.faults.add({
      on: 'SandboxGetFromNameV2',
      when: 'before',
      do: { code: 'RESOURCE_EXHAUSTED', details: 'Rate limit exceeded', retryAfterSeconds: 3600 },
    });
    await expect(home.target().submit(jobWith(), attempt())).rejects.toMatchObject({ kind: 'throttled' });
    expect(home.sandboxes.all).toHaveLength(0);
  });

  it('before the creation is a short failure, which the SDK has tried three times', async () => {
    home.fake.faults.add({ on: 'AppGetOrCreate', when: 'before', times: 4, do: { code: 'UNAVAILABLE' } });

    await expect(home.target().submit(jobWith(), attempt())).rejects.toMatchObject({ kind: 'transient' });
    expect(home.fake.of('AppGetOrCreate')).toHaveLength(4);
  });

  it('of a wrong token says which block to mend, and never shows the secret', async () => {
    const credentials = { token_id: 'ak-test', token_secret: 'as-stolen' };

    const error = await home
      .target()
      .submit(jobWith({ modal_credentials: credentials }), attempt())
      .then(
        () => expect.unreachable(),
        (thrown) => thrown,
      );

    expect(error).toMatchObject({ kind: 'credentials', message: expect.stringContaining('modal-credentials block') });
    expect(JSON.stringify([error.message, error.details])).not.toContain('as-stolen');
  });

  it('names the variables to check when an environment or a secret is missing', async () => {
    for (const more of [{ environment: 'nowhere' }, { secrets: ['nothing'] }] as Job[]) {
      await expect(home.target().submit(jobWith(more), attempt())).rejects.toMatchObject({
        kind: 'not-found',
        message: expect.stringMatching(/environment, secrets/),
      });
    }
  });

  it('is also what an address without a server gives', async () => {
    await expect(
      home.target({ serverUrl: 'http://127.0.0.1:9', requestTimeoutMs: 5000 }).submit(jobWith(), attempt()),
    ).rejects.toMatchObject({ kind: 'transient' });
  });
});
