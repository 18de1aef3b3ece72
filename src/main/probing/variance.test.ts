import { afterAll, expect, test, vi } from 'vitest';
import { networkTemplate } from '../../../tests/support/networks.ts';
import { compareVariance, type ComparedPoint } from '../../graph-engine/variance/compareVariance.ts';
import { describeVariance } from '../../graph-engine/variance/describeVariance.ts';
import { createProbeClient } from './probeClient.ts';

// A real engine process, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

const client = createProbeClient();
afterAll(() => client.dispose());

/** How many times too large or too small a forecast is. */
function factors(points: readonly ComparedPoint[], quantity: 'variance' | 'gradient'): number[] {
  return points.flatMap((point) => {
    const [foretold, found] = [point[quantity], point.measured?.[quantity]];
    // Data have positions that resemble each other: means over them are foretold too small (see the rule).
    if (point.op === 'globalAveragePooling' || point.op === 'dense') return [];
    if (foretold === 0 && found === 0) return [1];
    return foretold === null || found === undefined ? [] : [Math.exp(Math.abs(Math.log(foretold / found)))];
  });
}

/**
 * A forecast is a mean over all draws of the weights; one draw of n kernels strays from it by about √(2 / n) a layer, and
 * what no normalization sets right adds up over the layers (Hanin and Nica 2019, arXiv 1812.05994): hence a factor of 2 for
 * signals behind normalizations, and of 10 for gradients and for signals without any.
 */
test.each([
  ['plain-20', 2],
  ['resnet-20', 2],
  ['resnet-56-rezero', 10],
])('%s: what is foretold is what is measured, within a factor of %d', async (name, tolerance) => {
  const document = networkTemplate(`${name}.json`);
  const points = compareVariance(document, await client.variance(document));
  const signals = factors(points, 'variance');
  expect(signals.length).toBeGreaterThan(50);
  expect(signals.filter((factor) => !(factor < tolerance)).length / signals.length).toBeLessThan(0.05);
  const gradients = factors(
    points.filter(({ gradient }) => gradient !== 0),
    'gradient',
  );
  expect(Math.max(...gradients)).toBeLessThan(10);
  expect(describeVariance(points).at(-1)?.text).toMatch(/^The forecast of the signal is within a factor of 2/);
});
