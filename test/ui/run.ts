import { existsSync } from 'node:fs';
import path from 'node:path';
import { BUILT_PAGE } from '../../infra/local/web-page.ts';
import { close, runVitest } from '../suites.ts';
import { findChromium } from './browser.ts';

/**
 * `npm run test:ui`: the built web page in a real browser, against local homes with real runs. Screenshots go to
 * `dist/screenshots`. Needs `npm run ui:build` and Chromium (CHROMIUM, else where systems put it; Debian: chromium).
 */
if (!existsSync(path.join(BUILT_PAGE, 'index.html'))) {
  console.error('The page is not built: npm run ui:build');
  process.exit(1);
}
if (!findChromium()) {
  console.error('Chromium is not there. On Debian: apt-get install chromium');
  process.exit(1);
}
close(await runVitest('vitest.ui.config.ts'));
