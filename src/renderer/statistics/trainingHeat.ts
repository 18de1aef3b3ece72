import type { NodeId } from '../../graph-engine/document/schema.ts';
import type { InferredGraph } from '../../graph-engine/infer/inferredGraph.ts';
import { HEAT_LEVELS, type HeatMap, type HeatValue } from '../heatmap/heatMapTypes.ts';
import type { RunStatistics } from './statisticSeries.ts';
import { formatTrainingFigure, TRAINING_FIGURES, type TrainingFigure } from './trainingFigures.ts';

/** The part of the way from the least to the most that a value has come. */
export interface Scale {
  readonly minimum: number;
  readonly maximum: number;
  shareOf(value: number): number;
}

/** A scale over values; zeros and what is not finite do not stretch a logarithmic one. */
export function scaleOf(kind: 'logarithmic' | 'share' | 'signed', values: Iterable<number>): Scale {
  if (kind === 'share') return { minimum: 0, maximum: 1, shareOf: (value) => Math.min(1, Math.max(0, value)) };
  let [minimum, maximum] = [Infinity, 0];
  for (const value of values) {
    const size = Math.abs(value);
    if (!Number.isFinite(size) || size === 0) continue;
    minimum = Math.min(minimum, size);
    maximum = Math.max(maximum, size);
  }
  if (minimum > maximum) return { minimum: 0, maximum: 0, shareOf: () => 0 };
  if (kind === 'signed') return { minimum: 0, maximum, shareOf: (value) => Math.min(1, Math.abs(value) / maximum) };
  const [low, high] = [Math.log(minimum), Math.log(maximum)];
  return {
    minimum,
    maximum,
    shareOf(value) {
      if (!(value > 0)) return 0;
      return high === low ? 1 : Math.min(1, Math.max(0, (Math.log(value) - low) / (high - low)));
    },
  };
}

/** Level 1 is the least there is, so that a node with a value is told from one without. */
export function levelOf(share: number): number {
  return Math.max(1, Math.ceil(share * HEAT_LEVELS));
}

/**
 * The nodes of a shown graph by one figure at a sample. The scale is that of the whole run, so that the colours mean the same
 * while one goes through time.
 */
export function trainingHeatOf(
  figure: TrainingFigure,
  graph: InferredGraph,
  prefix: string,
  statistics: RunStatistics,
  sample: number,
): HeatMap {
  const { value, scale: kind } = TRAINING_FIGURES[figure];
  const paths = [...graph.nodes.values()].map((node) => [node.id, `${prefix}${node.name}`] as const);
  const scale = scaleOf(kind, valuesOver(statistics, paths, value));
  const values = new Map<NodeId, HeatValue>();
  for (const [id, path] of paths) {
    const found = value(statistics, sample, path);
    if (found === undefined) continue;
    const share = Number.isFinite(found) ? scale.shareOf(found) : 1;
    values.set(id, { share, level: levelOf(share), text: formatTrainingFigure(figure, found) });
  }
  return {
    values,
    minimum: formatTrainingFigure(figure, scale.minimum),
    maximum: formatTrainingFigure(figure, scale.maximum),
  };
}

/** Samples that are looked at for a scale, at most. */
const SCALED_SAMPLES = 100;

function* valuesOver(
  statistics: RunStatistics,
  paths: readonly (readonly [NodeId, string])[],
  value: (statistics: RunStatistics, sample: number, path: string) => number | undefined,
): Generator<number> {
  const stride = Math.max(1, Math.ceil(statistics.samples.length / SCALED_SAMPLES));
  for (let sample = 0; sample < statistics.samples.length; sample += stride) {
    for (const [, path] of paths) {
      const found = value(statistics, sample, path);
      if (found !== undefined) yield found;
    }
  }
}
