import type { HostProblem } from '../../contract/contract.ts';
import type { EngineDevice, EngineId } from '../../contract/engines.ts';
import type { Evaluation } from '../../contract/evaluation.ts';
import type { TextPiece } from '../../contract/examination.ts';
import type { MeasureDescription, Metrics } from '../../contract/run.ts';
import type { TrialKind, TrialProgress, TrialResult } from '../../contract/trials.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { EvaluateTask } from '../evaluation/evaluateSet.ts';
import type { ExamineOutcome, ExamineTask } from '../evaluation/examineMessages.ts';
import type { NamedTensors } from '../executors/compiledProgram.ts';
import type { TakenUp } from './takeUpRun.ts';
import type { ProbeOutcome, ProbeTask, VarianceTask } from '../probing/probeMessages.ts';
import type { Thinning } from '../verification/thinning.ts';

/** Where a network's weights come from: a safetensors file, or the initial ones of a seed. */
export type WeightSource = { readonly file: string } | { readonly seed: number };

/** Work for an engine process; it does one thing at a time. */
export type EngineTask =
  /** Trains in the folder of a run, from its furthest checkpoint on where there is one. */
  | {
      readonly kind: 'train';
      readonly document: SkipwireDocument;
      readonly folder: string;
      /** Folder for statistics of the nodes; left out, none are taken. */
      readonly statisticsFolder?: string;
    }
  | {
      readonly kind: 'predict';
      readonly document: SkipwireDocument;
      readonly weights: WeightSource;
      /** `[samples, ...axes]` by the path of the input. */
      readonly inputs: NamedTensors;
      readonly samples: number;
      /** Answers of which only some numbers are wanted, by path and port. */
      readonly thinnings?: Readonly<Record<string, Readonly<Record<string, Thinning>>>>;
    }
  | ProbeTask
  | VarianceTask
  | EvaluateTask
  | ExamineTask
  | { readonly kind: 'trial'; readonly trial: TrialKind; readonly document: SkipwireDocument };

/** What the host tells an engine process. */
export type EngineRequest =
  /** `wish` is an end that was asked for before the task was sent: a second message could arrive after its first steps. */
  | { readonly kind: 'task'; readonly task: EngineTask; readonly wish?: 'stop' | 'pause' | undefined }
  /** Gets ready while there is nothing to do: loads the data sets. */
  | { readonly kind: 'prepare' }
  /** Asks the training to end after the step at hand, with a last measurement or so that it can go on some other time. */
  | { readonly kind: 'stop' | 'pause' };

/** By the path of the output and its port, such as `logits`: `[samples, ...axes]`. */
export type Prediction = Readonly<Record<string, NamedTensors>>;

/** What was running, for the run's folder. */
export interface EngineEnvironment {
  readonly skipwire: string;
  readonly engineId: EngineId;
  /** Its name with the version, such as `TensorFlow 2.21.0`. */
  readonly engine: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly threads: number;
  /** What it computes on, where that is not the processor. */
  readonly device?: EngineDevice;
}

export type TaskOutcome =
  | { readonly kind: 'trained'; readonly completed: boolean }
  | { readonly kind: 'predicted'; readonly prediction: Prediction }
  | { readonly kind: 'evaluated'; readonly evaluation: Evaluation }
  | { readonly kind: 'examined'; readonly answer: ExamineOutcome }
  | { readonly kind: 'probed'; readonly answer: ProbeOutcome }
  | { readonly kind: 'tried'; readonly result: TrialResult };

/** What an engine process tells the host. */
export type EngineNews =
  | { readonly kind: 'ready'; readonly environment: EngineEnvironment }
  /** The libraries cannot be loaded; the process ends. */
  | { readonly kind: 'unavailable'; readonly problem: HostProblem }
  /** Everything is compiled; the first step comes. */
  | { readonly kind: 'begun'; readonly measures: readonly MeasureDescription[] }
  /** The run goes on from a checkpoint; its metrics file has been taken back to there. */
  | ({ readonly kind: 'taken-up' } & Omit<TakenUp, 'position'> & { readonly step: number })
  | { readonly kind: 'metrics'; readonly metrics: readonly Metrics[] }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'tried'; readonly progress: TrialProgress }
  | { readonly kind: 'evaluating'; readonly done: number; readonly total: number }
  /** A token that was written. */
  | { readonly kind: 'generated'; readonly piece: TextPiece }
  | { readonly kind: 'done'; readonly outcome: TaskOutcome }
  /** `detail` is for the log: the stack of a bug. */
  | { readonly kind: 'refused'; readonly problem: HostProblem; readonly detail?: string };
