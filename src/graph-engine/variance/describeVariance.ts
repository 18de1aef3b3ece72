import type { ComparedPoint } from './compareVariance.ts';

/** A finding in words, and the op it points at. */
export interface VarianceFinding {
  readonly tone: 'good' | 'warning';
  readonly text: string;
  readonly path: string | null;
}

/** Changes of a variance over the whole network that training puts up with. */
const HARMLESS = 1e4;
const LEAST = 1e-20;

type Quantity = 'variance' | 'gradient';

/** The figure one would look at: measured where it was, else foretold. */
function figureOf(
  { measured, ...forecast }: ComparedPoint,
  quantity: Quantity,
  which: 'measured' | 'predicted',
): number | null {
  if (which === 'measured') return measured?.[quantity] ?? null;
  return forecast[quantity];
}

/** Says where signals and gradients grow or die on their way through the network. */
export function describeVariance(points: readonly ComparedPoint[]): readonly VarianceFinding[] {
  const which = points.some(({ measured }) => measured !== null) ? 'measured' : 'predicted';
  const layers = points.filter(({ family }) => family !== 'input' && family !== 'arrangement');
  return [
    ...broken(layers),
    ...alongDepth(layers, 'variance', which),
    ...alongDepth(layers, 'gradient', which),
    ...agreement(points),
  ];
}

/** What is not finite, or is nothing at all. */
function broken(points: readonly ComparedPoint[]): VarianceFinding[] {
  const first = points.find(({ measured }) => measured !== null && !Number.isFinite(measured.variance));
  if (first === undefined) return [];
  return [{ tone: 'warning', path: first.path, text: `The signal is no number any more from "${first.path}" on.` }];
}

/** How a quantity changes from the first layers to the last (or back, for gradients), in words. */
function alongDepth(
  points: readonly ComparedPoint[],
  quantity: Quantity,
  which: 'measured' | 'predicted',
): VarianceFinding[] {
  const ways = points.flatMap((point) => {
    const value = figureOf(point, quantity, which);
    return value === null || !Number.isFinite(value) ? [] : [{ point, value }];
  });
  const deepest = Math.max(0, ...ways.map(({ point }) => point.depth));
  if (ways.length < 4 || deepest < 2) return [];
  const early = typical(ways.filter(({ point }) => point.depth <= Math.max(1, 0.1 * deepest)));
  // The last layer of a classifier has a scale of its own.
  const late = typical(ways.filter(({ point }) => point.depth >= 0.8 * deepest && point.depth < deepest));
  if (early === null || late === null) return [];
  const told = which === 'predicted' ? ' are foretold to' : '';
  const isGradient = quantity === 'gradient';
  const [from, to] = isGradient ? [late, early] : [early, late];
  const name = isGradient ? 'Gradients' : 'Signals';
  const direction = isGradient ? 'on their way back to the input' : 'on their way to the output';
  const ratio = to / Math.max(from, LEAST);
  const layer = ratio ** (1 / Math.max(1, 0.85 * deepest));
  const { path } = steepest(ways, isGradient, ratio > 1);
  if (from <= LEAST || to <= LEAST) {
    return [{ tone: 'warning', path, text: `${name}${told} die ${direction}: next to nothing is left at "${path}".` }];
  }
  if (ratio > HARMLESS) {
    return [
      {
        tone: 'warning',
        path,
        text: `${name}${told} grow ${fold(ratio)} in variance ${direction}, ${layer.toFixed(2)}-fold a layer over ${deepest} layers, most at "${path}". ${isGradient ? 'Early layers learn in leaps: residual connections, a lower rate or clipping help.' : 'A normalization, or branches that start small, keep it in bounds.'}`,
      },
    ];
  }
  if (ratio < 1 / HARMLESS) {
    return [
      {
        tone: 'warning',
        path,
        text: `${name}${told} shrink ${fold(1 / ratio)} in variance ${direction}, to ${layer.toFixed(2)} a layer over ${deepest} layers, most at "${path}". ${isGradient ? 'Early layers hardly learn: residual connections or normalization help.' : 'What comes in hardly matters behind it.'}`,
      },
    ];
  }
  const change =
    ratio > 0.5 && ratio < 2 ? 'stay the same' : ratio >= 1 ? `grow ${fold(ratio)}` : `shrink ${fold(1 / ratio)}`;
  const foretold = which === 'predicted' ? 'are foretold to ' : '';
  return [
    {
      tone: 'good',
      path: null,
      text: `${name} ${foretold}keep their size: in variance they ${change} ${direction}, over ${deepest} layers.`,
    },
  ];
}

/** The middle of the logarithms: one dead branch does not speak for all. */
function typical(ways: readonly { readonly value: number }[]): number | null {
  const sorted = ways.map(({ value }) => value).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** The op at which the quantity changes most between neighbouring layers, in the direction it changes. */
function steepest(
  ways: readonly { readonly point: ComparedPoint; readonly value: number }[],
  backwards: boolean,
  grows: boolean,
): { readonly path: string } {
  let best = { path: ways[0]?.point.path ?? '', change: -Infinity };
  for (let i = 1; i < ways.length; i++) {
    const [before, after] = backwards ? [ways[i], ways[i - 1]] : [ways[i - 1], ways[i]];
    if (before === undefined || after === undefined) continue;
    const step = Math.log(Math.max(after.value, LEAST) / Math.max(before.value, LEAST));
    const change = grows ? step : -step;
    if (change > best.change) best = { path: after.point.path, change };
  }
  return best;
}

/** How well the forecast was, where both are known. */
function agreement(points: readonly ComparedPoint[]): VarianceFinding[] {
  const off = points.flatMap((point) => {
    const [foretold, found] = [point.variance, point.measured?.variance];
    return foretold === null || found === undefined || foretold <= LEAST || found <= LEAST
      ? []
      : [{ path: point.path, factor: Math.exp(Math.abs(Math.log(foretold / found))) }];
  });
  if (off.length === 0) return [];
  const within = off.filter(({ factor }) => factor <= 2).length;
  return [
    {
      tone: 'good',
      path: null,
      text: `The forecast of the signal is within a factor of 2 of what was measured at ${within} of ${off.length} nodes.`,
    },
  ];
}

function fold(ratio: number): string {
  if (ratio < 100) return `${Number(ratio.toPrecision(2))}-fold`;
  return `10^${Math.log10(ratio).toFixed(1)}-fold`;
}
