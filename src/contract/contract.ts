import { z } from 'zod';
import { SkipwireDocument } from '../graph-engine/document/schema.ts';
import { DataSetDescription } from '../graph-engine/training/dataDescription.ts';
import { call } from './call.ts';
import { dataCalls, DataProgress } from './data.ts';
import { documentCalls, libraryCalls } from './documents.ts';
import { engineCalls, EngineEvent, EngineId, EngineList } from './engines.ts';
import { HostProblem } from './hostProblem.ts';
import { RunEvent, RunId, RunRecord, RunSummary } from './run.ts';
import { evaluationCalls, EvaluationProgress } from './evaluation.ts';
import { examinationCalls, GenerationProgress } from './examination.ts';
import { exportCalls } from './exports.ts';
import { importCalls, ModelImportProgress } from './imports.ts';
import { ImportProgress, torchImportCalls } from './torchImports.ts';
import { weightsCalls } from './weights.ts';
import { servingExportCalls } from './servingExports.ts';
import { sampleCalls } from './samples.ts';
import { SweepSummary, sweepCalls } from './sweeps.ts';
import { sweepArchiveCalls } from './sweepArchive.ts';
import { TrialEvent, trialCalls } from './trials.ts';
import { statisticsCalls } from './statistics.ts';
import { ArchiveEvent, archiveCalls } from './runArchive.ts';
import { runControlCalls } from './runControl.ts';
import { varianceCalls } from './variance.ts';
import { WorkspacePath } from './workspacePath.ts';

export { HostProblem, WorkspacePath };

export const WorkspaceEntry = z.strictObject({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'document', 'other']),
  /** Bytes. */
  size: z.number(),
  /** Milliseconds since 1970. */
  modified: z.number(),
});
export type WorkspaceEntry = z.infer<typeof WorkspaceEntry>;

const nothing = z.strictObject({});

/** Every request there is, once. The host's handlers and the editor's caller are both typed from this. */
export const calls = {
  'host/describe': call(
    nothing,
    z.strictObject({
      version: z.string(),
      /** Its name in its network. */
      machine: z.string(),
      workspace: z.string(),
      platform: z.string(),
      engines: EngineList,
    }),
  ),
  ...engineCalls,
  'workspace/list': call(
    z.strictObject({ folder: z.union([WorkspacePath, z.literal('')]) }),
    z.strictObject({ folder: z.string(), entries: z.array(WorkspaceEntry) }),
  ),
  ...documentCalls,
  ...libraryCalls,
  ...statisticsCalls,
  ...sampleCalls,
  ...dataCalls,
  ...trialCalls,
  ...varianceCalls,
  'data/list': call(nothing, z.strictObject({ dataSets: z.array(DataSetDescription) })),
  'run/start': call(
    z.strictObject({
      document: SkipwireDocument,
      documentPath: z.string().max(1000).optional(),
      /** By default the engine that is chosen when the run begins. */
      engine: EngineId.optional(),
    }),
    z.strictObject({ run: RunId }),
  ),
  'run/stop': call(z.strictObject({ run: RunId }), nothing),
  ...runControlCalls,
  'run/list': call(nothing, z.strictObject({ runs: z.array(RunSummary) })),
  'run/read': call(z.strictObject({ run: RunId }), RunRecord),
  ...archiveCalls,
  ...exportCalls,
  ...importCalls,
  ...torchImportCalls,
  ...weightsCalls,
  ...servingExportCalls,
  ...evaluationCalls,
  ...sweepCalls,
  ...sweepArchiveCalls,
  ...examinationCalls,
} as const;
export type Calls = typeof calls;
export type CallName = keyof Calls;
/** What a caller passes: before defaults are filled in. */
export type CallInput<Name extends CallName> = z.input<Calls[Name]['input']>;
/** What a handler receives: parsed. */
export type ParsedInput<Name extends CallName> = z.output<Calls[Name]['input']>;
export type CallOutput<Name extends CallName> = z.output<Calls[Name]['output']>;

/** Everything the host says by itself. */
export const HostEvent = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('data'), payload: DataProgress }),
  z.strictObject({ event: z.literal('run'), payload: RunEvent }),
  z.strictObject({ event: z.literal('archive'), payload: ArchiveEvent }),
  z.strictObject({ event: z.literal('trial'), payload: TrialEvent }),
  /** A sweep as it is now. */
  z.strictObject({ event: z.literal('sweep'), payload: SweepSummary }),
  z.strictObject({ event: z.literal('evaluation'), payload: EvaluationProgress }),
  z.strictObject({ event: z.literal('generation'), payload: GenerationProgress }),
  z.strictObject({ event: z.literal('engine'), payload: EngineEvent }),
  z.strictObject({ event: z.literal('import'), payload: ImportProgress }),
  z.strictObject({ event: z.literal('importing'), payload: ModelImportProgress }),
]);
export type HostEvent = z.infer<typeof HostEvent>;

export type Answer<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: HostProblem };

/** The host's side: one function per request. A user's mistake is an answer, a thrown error is a bug and reported as such. */
export type Handlers = {
  readonly [Name in CallName]: (input: ParsedInput<Name>, caller: Caller) => Promise<Answer<CallOutput<Name>>>;
};

/** Who asks: one connection of an editor, for as long as it lasts. */
export interface Caller {
  isGone(): boolean;
  /** Called once, when it is gone. */
  onGone(listener: () => void): void;
}

/**
 * How the editor stands with its host. `lost` mends itself; the others are the user's to mend: the token is wrong, the host does
 * not take this page for its editor, the host is of another version.
 */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused' | 'foreign' | 'other-version';

/** The editor's side of a connection to the host. */
export interface HostConnection {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Answer<CallOutput<Name>>>;
  /** Returns the function that stops listening. */
  onEvent(listener: (event: HostEvent) => void): () => void;
  onState(listener: (state: ConnectionState) => void): () => void;
}
