import packageJson from '../package.json' with { type: 'json' };

/** Of the package; a build takes it over as text. */
export const PUSHPOOL_VERSION: string = packageJson.version;
