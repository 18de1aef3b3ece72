import { expect, test } from 'vitest';
import { logarithmicTicks, niceTicks } from './axisTicks.ts';
import { drawOverlays, type OverlayDrawing } from './overlaySvg.ts';
import { markAt } from './runMarks.ts';

const chart: OverlayDrawing = {
  title: 'Loss <of> two',
  axisTitle: 'epoch',
  logarithmic: false,
  formatValue: String,
  formatPlace: String,
  curves: [
    { name: 'a & b', mark: markAt(0), curve: { places: [0, 1, 2], values: [4, 2, 1] } },
    { name: 'c', mark: markAt(1), curve: { places: [1, 2], values: [3, 0] } },
    { name: 'empty', mark: markAt(2), curve: { places: [], values: [] } },
  ],
};

test('ticks are round and reach around the values', () => {
  expect(niceTicks(0.13, 0.97, 6)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(niceTicks(0, 7, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(niceTicks(3, 3, 5)).toEqual([3]);
  expect(logarithmicTicks(0.03, 4)).toEqual([0.01, 0.1, 1, 10]);
  expect(logarithmicTicks(0.3, 0.9)).toEqual([0.2, 0.5, 1]);
});

test('a picture has every curve with its dashes and markers, a legend, and text that is text', () => {
  const positive = chart.curves.map((one) => ({
    ...one,
    curve: { ...one.curve, values: one.curve.values.map((value) => value + 0.5) },
  }));
  const { svg, width, height } = drawOverlays([chart, { ...chart, logarithmic: true, curves: positive }]);
  expect(svg).toContain(`viewBox="0 0 ${width} ${height}"`);
  expect(svg).toContain('Loss &#60;of&#62; two');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  // Curves of the first chart: whole, and dashed; from the left upper corner of the plot to the right.
  expect(svg).toContain(
    '<path d="M0 0L310 150L620 225" fill="none" stroke="#5450cf" stroke-width="1.8" stroke-linejoin="round"/>',
  );
  expect(svg).toContain('<path d="M310 75L620 300" fill="none" stroke="#c2410c"');
  expect(svg.match(/stroke-dasharray="7 3"/g)).toHaveLength(3);
  for (const name of ['a &#38; b', 'c', 'empty']) expect(svg).toContain(`>${name}</text>`);
});
