/** What can be known of a node while it trains. */
export type StatisticFigure =
  /** Mean and standard deviation of what the node puts out. */
  | 'mean'
  | 'deviation'
  /** Share of the units (channels, features) that were positive nowhere in the batch. */
  | 'dead'
  /** Norm of the loss' gradient for what the node puts out. */
  | 'gradient'
  /** Norm of the gradient that flows back through one input, where several nodes use what enters it. */
  | 'inputGradient'
  /** Norms of the node's trainable weights, of their gradient, and of what the step changed them by. */
  | 'weight'
  | 'weightGradient'
  | 'update';

/** One number of a sample of statistics. */
export interface StatisticColumn {
  /** Document path of the node, such as `stage2[3].conv1`. */
  readonly path: string;
  readonly figure: StatisticFigure;
  /** Of `inputGradient`: the input. */
  readonly port?: string;
}

/** Values whose distribution is kept. */
export type HistogramKind = 'activation' | 'gradient' | 'weight' | 'weightGradient';

export const HISTOGRAM_KINDS = [
  'activation',
  'gradient',
  'weight',
  'weightGradient',
] as const satisfies HistogramKind[];

/** The key of a column, for maps. */
export function columnKey({ path, figure, port }: StatisticColumn): string {
  return port === undefined ? `${path} ${figure}` : `${path} ${figure} ${port}`;
}
