import fc from 'fast-check';
import { successStatuses } from '../../../../functions/api/openapi/success-statuses.ts';
import { type TestApp, testApp } from '../../../test-app.ts';
import { makeWorld } from '../world.ts';
import { randomRequest } from './requests.ts';

/** Asks so many random requests of a program with one of everything; throws the first one that is answered with a 5xx, or with a success that its operation does not document. */
export async function askRandomly(
  count: number,
  seed: number,
  onAnswer: (status: number) => void = () => {},
): Promise<void> {
  const home = await testApp();
  try {
    const world = await makeWorld(home);
    const property = fc.asyncProperty(randomRequest(world), async ({ method, template, path, body }) => {
      const { status, answer } = await ask(home, method, path, body);
      onAnswer(status);
      const documented = successStatuses({ method, path: template });
      if (status < 300 && !documented.includes(status)) {
        throw new Error(`${method} ${template} answered ${status}, and documents ${documented.join()}`);
      }
      if (status >= 500) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    });
    await fc.assert(property, { numRuns: count, seed, endOnFailure: true });
  } finally {
    await home.close();
  }
}

/** An answer that says JSON must be JSON: reading it throws otherwise. */
async function ask(home: TestApp, method: string, path: string, body: unknown) {
  const { status, body: answer } = await home.call(method, path, body);
  return { status, answer };
}
