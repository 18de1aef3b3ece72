import type { ComponentType, ReactNode } from 'react';
import type { HostConnection, HostProblem } from '../../../contract/contract.ts';
import type { SkipwireDocument } from '../../../graph-engine/document/schema.ts';

/** What is exported and where to, whatever the target. */
export interface ExportOrder {
  readonly document: SkipwireDocument;
  /** The run whose weights are written; `null` for those that the document begins with. */
  readonly run: string | null;
  readonly path: string;
  readonly overwrite: boolean;
}

/** What became of an export. */
export type Exported =
  | { readonly ok: false; readonly problem: HostProblem }
  | {
      readonly ok: true;
      /** Everything that was written, in the workspace. */
      readonly paths: readonly string[];
      /** What is said about it. */
      readonly result: ReactNode;
    };

export interface TargetFormProps {
  readonly document: SkipwireDocument;
  /** Whether a run's weights are chosen. */
  readonly trained: boolean;
  readonly path: string;
}

/** One form to take a network away in. Its choices are its own; the dialog knows what all targets have in common. */
export interface ExportTarget {
  readonly id: string;
  readonly label: string;
  /** A second line in the list. */
  readonly detail: string;
  readonly extension: `.${string}`;
  /** What is written under the name. */
  readonly writes: 'file' | 'folder';
  /** Under the title of the dialog while it is chosen. */
  readonly description: string;
  /** On the button while it is written. */
  readonly busyLabel: string;
  /** The name a file gets from that of the document, without its extension. */
  readonly stem?: (name: string) => string;
  /** Choices and preview. */
  readonly Form: ComponentType<TargetFormProps>;
  send(connection: HostConnection, order: ExportOrder): Promise<Exported>;
}
