import { describe, expect, it } from 'vitest';
import { assertApiVersion, VERSIONLESS } from '../../../functions/api/api-version.ts';

const asked =
  (version: string | undefined, path = '/hello') =>
  () =>
    assertApiVersion(path, { 'x-prefect-api-version': version });

describe('the API version of a request', () => {
  it.each(['0.8.0', '0.8.4', '0.9.0', '1.0.0', ' 0.8.4', '1.0.-1', '', undefined])('may be %j', (version) => {
    expect(asked(version)).not.toThrow();
  });

  it.each(['-1.8.4', '0.7.9', '0.8.-1'])('is too old as %s', (version) => {
    expect(asked(version)).toThrow(
      `The request specified API version ${version} but this server requires version 0.8.0 or higher.`,
    );
  });

  it.each(['not a version', '0.8', '0.8.x', '1.2.3.4', '0..8'])('is none as %j', (version) => {
    expect(asked(version)).toThrow(/^Invalid X-PREFECT-API-VERSION header format/);
  });

  it.each([...VERSIONLESS])('is not looked at by %s', (path) => {
    expect(asked('0.1.0', path)).not.toThrow();
  });
});
