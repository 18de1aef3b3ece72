import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { createAskedEngine, type AskedEngineOptions } from '../training/askedEngine.ts';
import type { ProbeDescription, ProbedReading, ProbeOutcome, ProbeTask, VarianceTask } from './probeMessages.ts';

/** The host's side of the process that looks at samples. Questions are answered one after the other. */
export interface ProbeClient {
  describe(target: ProbeTask['target']): Promise<ProbeDescription>;
  samples(
    order: Omit<Extract<ProbeTask, { kind: 'probe/samples' }>, 'kind'>,
  ): Promise<Omit<Extract<ProbeOutcome, { kind: 'samples' }>, 'kind'>>;
  /** A later question with the same `view` takes the place of this one, which then answers with what it has got. */
  read(
    order: Omit<Extract<ProbeTask, { kind: 'probe/read' }>, 'kind'>,
    view: string,
  ): Promise<{ readonly readings: readonly ProbedReading[]; readonly superseded: boolean }>;
  /** The spread of values and gradients in one step of a network with new weights. */
  variance(document: SkipwireDocument): Promise<Omit<Extract<ProbeOutcome, { kind: 'variance' }>, 'kind'>>;
  /** Ends the process at once; the next question starts another. */
  kill(): void;
  dispose(): Promise<void>;
}

/** Looks at samples in an engine process of their own. */
export function createProbeClient(options?: AskedEngineOptions): ProbeClient {
  const engine = createAskedEngine('The sample could not be looked at.', options);
  const { inTurn } = engine;
  /** The newest question of each view, and the one that is being answered. */
  const newest = new Map<string, symbol>();
  let current: { readonly view: string; readonly mark: symbol } | undefined;

  async function ask(task: ProbeTask | VarianceTask): Promise<ProbeOutcome> {
    const outcome = await engine.ask(task);
    if (outcome.kind !== 'probed') throw new Error(`A look at a sample ended as ${outcome.kind}`);
    return outcome.answer;
  }

  return {
    describe: (target) =>
      inTurn(async () => {
        const answer = await ask({ kind: 'probe/describe', target });
        if (answer.kind !== 'described') throw new Error(`Asked for a description, got ${answer.kind}`);
        return answer.description;
      }),
    samples: (order) =>
      inTurn(async () => {
        const answer = await ask({ kind: 'probe/samples', ...order });
        if (answer.kind !== 'samples') throw new Error(`Asked for samples, got ${answer.kind}`);
        return { samples: answer.samples, total: answer.total };
      }),
    read(order, view) {
      const mark = Symbol(view);
      newest.set(view, mark);
      if (current?.view === view) engine.stop();
      return inTurn(async () => {
        if (newest.get(view) !== mark) return { readings: [], superseded: true };
        current = { view, mark };
        try {
          const answer = await ask({ kind: 'probe/read', ...order });
          if (answer.kind !== 'readings') throw new Error(`Asked for values, got ${answer.kind}`);
          return { readings: answer.readings, superseded: !answer.complete };
        } finally {
          current = undefined;
          if (newest.get(view) === mark) newest.delete(view);
        }
      });
    },
    variance: (document) =>
      inTurn(async () => {
        const answer = await ask({ kind: 'variance', document });
        if (answer.kind !== 'variance') throw new Error(`Asked for variances, got ${answer.kind}`);
        return { points: answer.points, batch: answer.batch };
      }),
    kill: engine.kill,
    dispose: engine.dispose,
  };
}
