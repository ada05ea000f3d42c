import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from './accessibility.ts';
import { settle } from './browser.ts';
import { pageOfHome } from './page-of-home.ts';
import { until } from './things.ts';

describe('without a mouse', () => {
  const there = pageOfHome();
  const see = (name: string, act: (page: Page) => Promise<void>) => there.see({ name: `keyboard-${name}` }, act);
  beforeAll(async () => {
    await there.api.post('/variables/', { name: 'region', value: 'eu-central-1' });
  });

  it('the first Tab offers to skip the list of pages, and Enter leads past it', async () => {
    await see('skip', async (page) => {
      await page.goto('/variables');
      await settle(page);
      await page.keyboard.press('Tab');
      expect(await focused(page)).toContain('Skip to the page');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await page.evaluate("document.activeElement.closest('main') !== null")).toBe(true);
    });
  });

  it('a dialog has a name, takes the focus, keeps it both ways round, closes by Escape and gives it back', async () => {
    await see('dialog', async (page) => {
      await page.goto('/variables');
      const opens = page.getByRole('button', { name: 'Create' }).first();
      await opens.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'New variable' });
      await dialog.waitFor();
      await until(() => page.evaluate("document.activeElement.closest('.p-modal') !== null"));
      expect(await seriousFindings(page)).toEqual([]);

      for (const key of [...Array(12).fill('Tab'), ...Array(12).fill('Shift+Tab')]) {
        await page.keyboard.press(key);
        expect(await page.evaluate("document.activeElement.closest('.p-modal') !== null"), key).toBe(true);
      }
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      expect(await opens.evaluate((button) => button === button.ownerDocument.activeElement)).toBe(true);
    });
  });

  it('a menu is entered, walked by arrows and left by Escape; the dialog it opens gives the focus back to its button', async () => {
    await see('menu', async (page) => {
      await page.goto('/variables');
      const opens = page.getByRole('button', { name: 'More actions' });
      await opens.press('Enter');
      await page.locator('.p-overflow-menu-item').first().waitFor();
      expect(await focused(page)).toContain('Copy ID');
      await page.keyboard.press('ArrowDown');
      expect(await focused(page)).toContain('Copy name');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowUp');
      expect(await focused(page)).toContain('Delete');
      await page.keyboard.press('Escape');
      expect(await page.locator('.p-overflow-menu-item').count()).toBe(0);
      expect(await opens.evaluate((button) => button === button.ownerDocument.activeElement)).toBe(true);

      await page.keyboard.press('Enter');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
      const question = page.getByRole('dialog', { name: /Delete/ });
      await question.waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await question.waitFor({ state: 'detached' });
      expect(await opens.evaluate((button) => button === button.ownerDocument.activeElement)).toBe(true);
    });
  });

  it('a select of several values closes by Escape, after a click too, and leaves a dialog around it open', async () => {
    await see('select', async (page) => {
      await page.goto('/runs');
      const states = page.getByRole('button', { name: /All run states/ });
      await states.click();
      await page.locator('.p-select-option').nth(2).click();
      await page.keyboard.press('Escape');
      expect(await page.locator('.p-select-option').count()).toBe(0);
      expect(await focused(page)).toContain('Scheduled');

      await page.goto('/variables');
      await page.getByRole('button', { name: 'Create' }).first().press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.locator('.p-select-button__control').press('ArrowDown');
      await page.locator('.p-select-options').waitFor();
      await page.keyboard.press('Escape');
      expect(await page.locator('.p-select-options').count()).toBe(0);
      expect(await dialog.count()).toBe(1);
    });
  });

  it('the range of the dashboard is chosen by arrows', async () => {
    await see('range', async (page) => {
      await page.goto('/dashboard');
      await page.getByRole('button', { name: 'Past day' }).press('Enter');
      await page.getByText('Past hour').waitFor();
      await page.keyboard.press('Escape');
      expect(await page.locator('.p-select-option').count()).toBe(0);
      expect(await focused(page)).toContain('Past day');

      await page.keyboard.press('Enter');
      await page.getByText('Past hour').waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Past hour' }).waitFor();
    });
  });
});

/** What has the focus, as it reads. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate<string>("document.activeElement.innerText || document.activeElement.ariaLabel || ''");
}
