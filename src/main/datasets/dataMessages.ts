import type { DataCheck, DataInspection, DataSample } from '../../contract/data.ts';
import type { HostProblem } from '../../contract/contract.ts';
import type { FilesReference } from './examineFiles.ts';

/** What the host asks the process that reads files. */
export type DataRequest =
  | { readonly kind: 'inspect'; readonly id: number; readonly files: FilesReference }
  | { readonly kind: 'check'; readonly id: number; readonly files: FilesReference }
  | {
      readonly kind: 'samples';
      readonly id: number;
      readonly files: FilesReference;
      readonly page: { readonly from: number; readonly count: number; readonly label?: string | undefined };
    };

/** What it answers. */
export type DataNews =
  | { readonly kind: 'progress'; readonly id: number; readonly done: number; readonly total: number }
  | { readonly kind: 'answer'; readonly id: number; readonly value: DataAnswer }
  | { readonly kind: 'refused'; readonly id: number; readonly problem: HostProblem };

export type DataAnswer = DataInspection | DataCheck | { readonly samples: DataSample[]; readonly total: number };
