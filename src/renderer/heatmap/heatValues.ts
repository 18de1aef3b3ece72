import type { NodeId } from '../../graph-engine/document/schema.ts';
import type { InferredGraph, InferredNode } from '../../graph-engine/infer/inferredGraph.ts';
import { formatReceptiveField, type ReceptiveField } from '../../graph-engine/infer/receptiveField.ts';
import { formatCount } from '../canvas/formatCount.ts';
import { formatBytes } from '../training/format.ts';
import { isTrainingFigure, TRAINING_FIGURES, type TrainingFigure } from '../statistics/trainingFigures.ts';
import { HEAT_LEVELS, type HeatMap, type HeatValue } from './heatMapTypes.ts';

/** Figures that follow from the drawing. */
export type CostMetric = 'parameters' | 'macs' | 'activations' | 'receptiveField';
/** What a heat map can show: those, and what happens in training. */
export type HeatMetric = CostMetric | TrainingFigure;

/** What the figures of a drawing are called. */
export const COST_METRICS: Readonly<Record<CostMetric, string>> = {
  parameters: 'Parameters',
  macs: 'MACs',
  activations: 'Activations',
  receptiveField: 'Receptive field',
};

/** What a heat map of a figure is called. */
export function heatTitle(metric: HeatMetric): string {
  return isTrainingFigure(metric) ? TRAINING_FIGURES[metric].title : COST_METRICS[metric];
}

/** Every figure, those of the drawing first. */
export const HEAT_METRICS: readonly HeatMetric[] = [
  ...(Object.keys(COST_METRICS) as CostMetric[]),
  ...(Object.keys(TRAINING_FIGURES) as TrainingFigure[]),
];

function sizeOfField({ window, axes }: ReceptiveField): number {
  return Math.max(1, ...axes.map((_, axis) => window[axis]?.extent ?? 1));
}

function amountOf(metric: CostMetric, node: InferredNode, fields: ReadonlyMap<NodeId, ReceptiveField>): number {
  switch (metric) {
    case 'parameters':
      return node.totals.parameters;
    case 'macs':
      return node.totals.macs;
    case 'activations':
      return node.totals.activationBytes;
    case 'receptiveField': {
      const field = fields.get(node.id);
      return field === undefined ? 0 : sizeOfField(field);
    }
  }
}

function textOf(metric: CostMetric, amount: number, total: number, field: ReceptiveField | undefined): string {
  if (metric === 'receptiveField') return field === undefined ? '' : formatReceptiveField(field);
  const figure = metric === 'activations' ? formatBytes(amount) : formatCount(amount);
  const percent = total === 0 ? 0 : (amount / total) * 100;
  return `${figure} · ${percent > 0 && percent < 1 ? '<1' : Math.round(percent)}\u202f%`;
}

/** How much of a figure each node of a graph has, from the least to the most. */
export function heatMapOf(
  metric: CostMetric,
  graph: InferredGraph,
  fields: ReadonlyMap<NodeId, ReceptiveField>,
): HeatMap {
  const amounts = [...graph.nodes.values()].map((node) => [node, amountOf(metric, node, fields)] as const);
  const finite = amounts.map(([, amount]) => amount).filter(Number.isFinite);
  // What sees everything counts as much as what sees the most.
  const maximum = Math.max(0, ...finite);
  const total = finite.reduce((sum, amount) => sum + amount, 0);
  const values = new Map<NodeId, HeatValue>();
  for (const [node, amount] of amounts) {
    const share = maximum === 0 ? 0 : Number.isFinite(amount) ? amount / maximum : 1;
    const level = share === 0 ? 0 : Math.max(1, Math.ceil(share * HEAT_LEVELS));
    const text = amount === 0 ? '' : textOf(metric, amount, total, fields.get(node.id));
    values.set(node.id, { share, level, text });
  }
  const unit = metric === 'activations' ? formatBytes(maximum) : formatCount(Math.round(maximum));
  return { values, minimum: '0', maximum: metric === 'receptiveField' ? `${unit} px` : unit };
}
