import type { NodeId } from '../../graph-engine/document/schema.ts';

export const HEAT_LEVELS = 5;

/** One card of a heat map. */
export interface HeatValue {
  /** From 0 (nothing) to 1 (the most). */
  readonly share: number;
  /** 0 for nothing, then 1 to `HEAT_LEVELS`. */
  readonly level: number;
  readonly text: string;
}

export interface HeatMap {
  readonly values: ReadonlyMap<NodeId, HeatValue>;
  /** What the weakest and the strongest tint stand for. */
  readonly minimum: string;
  readonly maximum: string;
}
