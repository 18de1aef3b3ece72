import { expect, test } from 'vitest';
import { openBrokenFiles } from '../../scripts/fuzz.mjs';

// `npm run fuzz` opens a hundred thousand.
const COUNT = 2000;

test(`${COUNT} broken files of every kind are opened or refused in words, and nothing crashes, hangs or swells`, async () => {
  const { findings, tallies } = await openBrokenFiles({ seed: 2026, count: COUNT });
  expect(findings).toEqual([]);
  // Files that are all refused, or none, would prove little.
  const tally = [...tallies.values()];
  expect(tally.reduce((sum, { opened, refused }) => sum + opened + refused, 0)).toBe(COUNT);
  for (const [format, { refused }] of tallies) expect(refused, format).toBeGreaterThan(0);
  expect(tally.reduce((sum, { opened }) => sum + opened, 0)).toBeGreaterThan(COUNT / 10);
}, 600_000);
