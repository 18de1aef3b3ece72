import type { FilePrediction, GeneratedText, GenerationOptions, TextPiece } from '../../contract/examination.ts';
import { createAskedEngine, type AskedEngineOptions } from '../training/askedEngine.ts';
import type { EngineNews } from '../training/engineMessages.ts';
import type { ExamineOutcome, ExamineTarget, ExamineTask } from './examineMessages.ts';

type Order<Kind extends ExamineTask['kind']> = Omit<Extract<ExamineTask, { kind: Kind }>, 'kind'>;
type Outcome<Kind extends ExamineOutcome['kind']> = Extract<ExamineOutcome, { kind: Kind }>;

/** The host's side of the process that answers questions to the weights of runs, one after the other. */
export interface ExamineClient {
  samples(order: Order<'examine/samples'>): Promise<Omit<Outcome<'samples'>, 'kind'>>;
  file(order: Order<'examine/file'>): Promise<FilePrediction>;
  /** `onPiece` hears each token. Once `signal` is aborted it answers with what it has written. */
  generate(
    order: { readonly target: ExamineTarget; readonly options: GenerationOptions },
    onPiece: (piece: TextPiece) => void,
    signal: AbortSignal,
  ): Promise<GeneratedText>;
  /** Ends the process at once; the next question starts another. */
  kill(): void;
  dispose(): Promise<void>;
}

/** Questions to weights have a process of their own: a text may be written for minutes, and no look at a sample is to wait for it. */
export function createExamineClient(options?: AskedEngineOptions): ExamineClient {
  const engine = createAskedEngine('The network could not be asked.', options);
  const { inTurn } = engine;

  async function ask<Kind extends ExamineOutcome['kind']>(
    task: ExamineTask,
    kind: Kind,
    onPiece?: (piece: TextPiece) => void,
    signal?: AbortSignal,
  ): Promise<Outcome<Kind>> {
    const onNews = (news: EngineNews): void => void (news.kind === 'generated' && onPiece?.(news.piece));
    const outcome = await engine.ask(task, { onNews, signal });
    if (outcome.kind !== 'examined' || !isOf(outcome.answer, kind)) {
      throw new Error(`Asked for ${kind}, and it ended as ${outcome.kind}`);
    }
    return outcome.answer;
  }

  return {
    samples: (order) => inTurn(() => ask({ kind: 'examine/samples', ...order }, 'samples')),
    file: (order) => inTurn(async () => (await ask({ kind: 'examine/file', ...order }, 'file')).prediction),
    generate: (order, onPiece, signal) =>
      inTurn(async () => (await ask({ kind: 'examine/generate', ...order }, 'text', onPiece, signal)).text),
    kill: engine.kill,
    dispose: engine.dispose,
  };
}

function isOf<Kind extends ExamineOutcome['kind']>(outcome: ExamineOutcome, kind: Kind): outcome is Outcome<Kind> {
  return outcome.kind === kind;
}
