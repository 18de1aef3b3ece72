import type { Scope } from '../document/graphs.ts';
import type { BlockDefinition } from '../document/schema.ts';
import type { InferredGraph, PortTypes } from './inferredGraph.ts';
import type { Dependencies } from './memo.ts';
import type { ExpressionScope } from './resolveParameters.ts';

/** What an instance of a graph is inferred in. */
export interface Surroundings {
  readonly blocks: Readonly<Record<string, BlockDefinition>>;
  /** Blocks being expanded, outermost first. */
  readonly stack: readonly string[];
  /** Where the graph is edited. */
  readonly scope: Scope;
  readonly values: ExpressionScope;
  /** Types at the block's own input ports. */
  readonly inputs: PortTypes;
}

/** An inferred instance, and the block definitions it depends on. */
export interface GraphResult {
  readonly inferred: InferredGraph;
  readonly dependencies: Dependencies;
}
