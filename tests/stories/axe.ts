import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The success criteria that are held: WCAG 2.2, levels A and AA. */
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe has against what is shown, each with the elements; `under` looks at a part of the page. */
export async function axeFindings(
  page: Page,
  { under, rules }: { readonly under?: string; readonly rules?: readonly string[] } = {},
): Promise<readonly string[]> {
  if (await page.evaluate('typeof axe === "undefined"')) await page.evaluate(axe);
  // A colour in the middle of a fade is nobody's choice; what pulses for ever is waited for by nobody.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
        .map((animation) => animation.finished.catch(() => null)),
    ),
  );
  const only = rules === undefined ? STANDARDS : rules;
  const where = under === undefined ? 'document' : `document.querySelector(${JSON.stringify(under)})`;
  const violations = await page.evaluate<
    AxeResults['violations']
  >(`axe.run(${where}, { runOnly: ${JSON.stringify(only)}, resultTypes: ["violations"] })
       .then(({ violations }) => violations.map(({ id, help, nodes }) => ({ id, help, nodes })))`);
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}

/** The same in both themes: all in the light one, and in the dark one what a colour can make worse. */
export async function axeFindingsInBothThemes(page: Page, name: string, under?: string): Promise<readonly string[]> {
  const where = under === undefined ? {} : { under };
  await showTheme(page, 'light');
  const light = await axeFindings(page, where);
  await showTheme(page, 'dark');
  const dark = await axeFindings(page, { ...where, rules: ['color-contrast'] });
  await page.emulateMedia({ colorScheme: null });
  return [
    ...light.map((finding) => `${name}, light: ${finding}`),
    ...dark.map((finding) => `${name}, dark: ${finding}`),
  ];
}

/** Asks for a theme and waits until the page has it: a page that is busy hears of it later. */
async function showTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.locator(`html[data-theme="${theme}"]`).waitFor({ state: 'attached' });
}
