import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';

const NARROW = { width: 390, height: 844 };

/** The checker is a package of the page's own, beside what it checks. */
const AXE = path.join(import.meta.dirname, '../../ui/node_modules/axe-core/axe.min.js');

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly {
    readonly html: string;
    readonly target: readonly string[];
    readonly failureSummary: string;
  }[];
}

/** What stays, with the reason; each names a rule and the element itself, not what may stand within it. */
const STAYS: readonly (readonly [rule: string, place: RegExp])[] = [
  // The dashboard's list of runs by flow: a link and a chart inside the button that unfolds them, all within the library's accordion.
  ['nested-interactive', /^<button[^>]*p-accordion-trigger/],
  // A select of several values: each value is a tag with a button of its own inside the button that opens the list.
  ['nested-interactive', /^<button[^>]*p-select-button__control/],
];

const stays = (id: string, html: string) => STAYS.some(([rule, place]) => rule === id && place.test(html));

/** What axe-core calls serious or critical on a page as it is now, a line each: rule, sentence, the first places. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // What the page says beyond Prefect's components comes a frame later.
  await page.evaluate('new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(done))))');
  // Colours that turn with the theme are on their way for a moment; what turns for ever is not waited for.
  await page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter((each) => each.effect?.getComputedTiming().endTime < Infinity).map((each) => each.finished))`);
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const { violations } = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as { violations: Finding[] };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map((finding) => ({ ...finding, nodes: finding.nodes.filter(({ html }) => !stays(finding.id, html)) }))
    .filter(({ nodes }) => nodes.length > 0)
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes
          .slice(0, 4)
          .map(({ html }) => `    ${html.slice(0, 300)}`)
          .join('\n')}`,
    );
}

/**
 * What keeps somebody from a page as it is now: serious findings in the light, in the dark and on a narrow screen, and what scrolls
 * sideways there. Leaves it as it was.
 */
export async function barriers(page: Page): Promise<string[]> {
  const wide = page.viewportSize();
  const told = (where: string, found: readonly string[]) => found.map((finding) => `${where}: ${finding}`);
  const light = told('light', await seriousFindings(page));
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html.dark').waitFor();
  const dark = told('dark', await seriousFindings(page));
  await page.setViewportSize(NARROW);
  const narrow = told('narrow', [...(await seriousFindings(page)), ...(await sideways(page))]);
  await page.emulateMedia({ colorScheme: 'light' });
  if (wide) await page.setViewportSize(wide);
  return [...light, ...dark, ...narrow];
}

/** Whether a page is wider than its screen. */
export async function sideways(page: Page): Promise<string[]> {
  const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  return Number(beyond) > 0 ? [`scrolls sideways by ${beyond} points`] : [];
}
