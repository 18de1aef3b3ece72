import type { SkipwireDocument } from '../../document/schema.ts';
import type { DrawnWeight } from './drawnNode.ts';
import type { ImportReport } from './importReport.ts';

/** A network out of a file of another program. */
export interface ImportedNetwork {
  readonly document: SkipwireDocument;
  /** By the names of the network's variables; laid out one at a time, when they are asked for. */
  readonly weights: ReadonlyMap<string, DrawnWeight>;
  readonly report: ImportReport;
}
