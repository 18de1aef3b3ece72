/** A node of the file that is kept as it was. */
export interface KeptNode {
  readonly operator: string;
  readonly domain: string;
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
  /** Operators that are not known here and kept as they were; none where everything became ops of ours. */
  readonly kept: readonly KeptNode[];
  /** Blocks that repeated structure was folded into. */
  readonly blocks: number;
  /** What was decided on the way, in words. */
  readonly notes: readonly string[];
}
