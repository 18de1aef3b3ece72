import { argMax, tallySource, type OutputTally, type TalliedOutput } from './outputTally.ts';

/** What a row of probabilities and its target say: the true class, the predicted one, and the probability of each. */
type ReadRow = (
  probabilities: ArrayLike<number>,
  at: number,
  targets: ArrayLike<number>,
  row: number,
) => { truth: number; predicted: number; confidence: number; likelihood: number };

/** For outputs of which the answer is one of several classes. */
export function tallyClasses(wanted: TalliedOutput, classes: readonly string[]): OutputTally {
  const source = tallySource(wanted, 'probabilities');
  const { samples, objective } = wanted;
  const truth = new Int32Array(samples);
  const predicted = new Int32Array(samples);
  const confidence = new Float32Array(samples);
  const likelihood = new Float32Array(samples);
  const readRow = rowReader(objective.target.kind, source.size);
  return {
    ...source,
    add({ from, size, answers, targets }) {
      for (let row = 0; row < size; row++) {
        const read = readRow(answers, row * source.size, targets, row);
        truth[from + row] = read.truth;
        predicted[from + row] = read.predicted;
        confidence[from + row] = read.confidence;
        likelihood[from + row] = read.likelihood;
      }
    },
    finish: (numbers) => ({
      kind: 'class',
      path: source.path,
      classes: [...classes],
      samples: [...numbers],
      truth: [...truth],
      predicted: [...predicted],
      confidence: [...confidence],
      likelihood: [...likelihood],
    }),
  };
}

function rowReader(kind: string, size: number): ReadRow {
  // One question: whether it is the second of two classes.
  if (kind === 'flags' && size === 1) {
    return (probabilities, at, targets, row) => {
      const yes = probabilities[at] ?? 0;
      const [truth, predicted] = [(targets[row] ?? 0) > 0.5 ? 1 : 0, yes > 0.5 ? 1 : 0];
      const of = (one: number): number => (one === 1 ? yes : 1 - yes);
      return { truth, predicted, confidence: of(predicted), likelihood: of(truth) };
    };
  }
  return (probabilities, at, targets, row) => {
    const predicted = argMax(probabilities, at, size);
    const truth = kind === 'class' ? (targets[row] ?? 0) : likeliest(targets, at, size, predicted);
    const of = (one: number): number => probabilities[at + one] ?? 0;
    return { truth, predicted, confidence: of(predicted), likelihood: of(truth) };
  };
}

/** Of several targets that are as likely the one that was told, if it is among them: there may be several best moves. */
function likeliest(targets: ArrayLike<number>, at: number, size: number, predicted: number): number {
  const best = argMax(targets, at, size);
  return (targets[at + predicted] ?? 0) >= (targets[at + best] ?? 0) ? predicted : best;
}
