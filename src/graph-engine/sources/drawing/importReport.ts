/** Why nodes are kept: nothing here is like them, only other forms of them are known, or they are of a quantized network. */
export const keptReasons = ['unknown', 'form', 'quantized'] as const;
export type KeptReason = (typeof keptReasons)[number];

/** Nodes of the file that are kept as they were. */
export interface KeptNode {
  readonly operator: string;
  readonly domain: string;
  readonly reason: KeptReason;
  /** How many of them there are. */
  readonly count: number;
}

/** What came of an import. */
export interface ImportReport {
  readonly producer: string;
  /** Of ONNX; `null` for a model of layers. */
  readonly opset: number | null;
  /** Nodes or layers of the file. */
  readonly nodes: number;
  /** Nodes of the drawing, blocks expanded. */
  readonly drawn: number;
  /** Numbers in the weights. */
  readonly parameters: number;
  /** Operators that are kept as they were; none where everything became ops of ours. */
  readonly kept: readonly KeptNode[];
  /** Blocks that repeated structure was folded into. */
  readonly blocks: number;
  /** What was decided on the way, in words. */
  readonly notes: readonly string[];
}
