import type { SkipwireDocument } from '../document/schema.ts';
import { forecastVariance, type ForecastPoint } from './forecastVariance.ts';

/** What was measured of the value that an op gives. */
export interface VarianceMeasurement {
  readonly path: string;
  readonly mean: number;
  readonly variance: number;
  readonly gradient?: number | undefined;
}

/** An op with what is foretold of it and what was measured. */
export interface ComparedPoint extends ForecastPoint {
  readonly measured: VarianceMeasurement | null;
}

/**
 * A forecast beside a measurement. It starts where the measurement does: from the mean and spread of the data at the inputs,
 * and from the gradients that the loss gave to the last ops.
 */
export function compareVariance(
  document: SkipwireDocument,
  measured: { readonly points: readonly VarianceMeasurement[]; readonly batch: number } | null,
): readonly ComparedPoint[] {
  const found = new Map(measured?.points.map((point) => [point.path, point]));
  const forecast = forecastVariance(document, {
    batch: measured?.batch ?? document.training.batchSize,
    inputs: new Map([...found].map(([path, { mean, variance }]) => [path, { mean, variance }])),
    gradients: new Map(
      [...found].flatMap(([path, { gradient }]) => (gradient === undefined ? [] : [[path, gradient] as const])),
    ),
  });
  return forecast.map((point) => ({ ...point, measured: found.get(point.path) ?? null }));
}
