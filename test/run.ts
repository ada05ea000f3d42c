import { close, runTests } from './suites.ts';

/** `npm test`: unit tests and the conformance suite, closed by one line `N passed, N failed`. */
close(await runTests());
