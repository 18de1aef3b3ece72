import { lastAxis } from '../../graph-engine/core/shape.ts';
import { argMax, tallySource, type OutputTally, type TalliedOutput } from './outputTally.ts';

/** For outputs of next tokens; `vocabulary` says how many characters a token stands for. */
export function tallyTokens(wanted: TalliedOutput, vocabulary: readonly string[]): OutputTally {
  const source = tallySource(wanted, 'logits');
  const port = wanted.output.ports['logits'];
  const choices = port === undefined ? 0 : (lastAxis(port.type)?.size ?? 0);
  const context = source.size / choices;
  const lengths = vocabulary.map((token) => [...token].length);
  const losses = new Float64Array(wanted.samples);
  let [tokens, characters, nats, hits] = [0, 0, 0, 0];
  return {
    ...source,
    add({ from, size, answers, targets }) {
      for (let row = 0; row < size; row++) {
        let own = 0;
        for (let position = 0; position < context; position++) {
          const at = (row * context + position) * choices;
          const truth = targets[row * context + position] ?? 0;
          const best = argMax(answers, at, choices);
          if (best === truth) hits++;
          own += surprise(answers, at, choices, best, truth);
          characters += lengths[truth] ?? 0;
        }
        tokens += context;
        nats += own;
        losses[from + row] = own / context;
      }
    },
    finish: (numbers) => ({
      kind: 'tokens',
      path: source.path,
      tokens,
      characters,
      nats,
      hits,
      context,
      samples: [...numbers],
      losses: [...losses],
    }),
  };
}

/** `−log softmax(scores)[truth]` in double precision. */
export function surprise(scores: ArrayLike<number>, at: number, count: number, best: number, truth: number): number {
  const most = scores[at + best] ?? 0;
  let total = 0;
  for (let index = 0; index < count; index++) total += Math.exp((scores[at + index] ?? 0) - most);
  return Math.log(total) - ((scores[at + truth] ?? 0) - most);
}
