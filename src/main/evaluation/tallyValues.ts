import { createRegressionTally } from '../../graph-engine/evaluation/regressionTally.ts';
import { tallySource, type OutputTally, type TalliedOutput } from './outputTally.ts';

/** Points of a plot; more lie on top of each other. */
const MOST_POINTS = 20_000;
const MOST_POINTS_OF_ONE = 4000;

/** For outputs of numbers; without a name for each, they are pooled. */
export function tallyValues(wanted: TalliedOutput, names: readonly string[]): OutputTally {
  const source = tallySource(wanted, 'values');
  const { size } = source;
  const pooled = names.length !== size;
  const tally = createRegressionTally(size, pooled);
  const errors = new Float64Array(wanted.samples);
  const most = pooled ? 0 : Math.max(1, Math.min(MOST_POINTS_OF_ONE, Math.floor(MOST_POINTS / size)));
  const every = Math.max(1, Math.ceil(wanted.samples / Math.max(1, most)));
  const places: number[] = [];
  const truth = names.map((): number[] => []);
  const predicted = names.map((): number[] => []);
  return {
    ...source,
    add({ from, size: rows, answers, targets }) {
      for (let row = 0; row < rows; row++) {
        const [actual, told] = [targets, answers].map((all) => all.subarray(row * size, (row + 1) * size));
        if (actual === undefined || told === undefined) continue;
        errors[from + row] = tally.add(actual, told);
        if (pooled || (from + row) % every !== 0) continue;
        places.push(from + row);
        for (let output = 0; output < size; output++) {
          truth[output]?.push(actual[output] ?? 0);
          predicted[output]?.push(told[output] ?? 0);
        }
      }
    },
    finish: (numbers) => ({
      kind: 'values',
      path: source.path,
      names: pooled ? [`all ${size} numbers`] : [...names],
      figures: tally.figures().map((figures) => ({ ...figures })),
      samples: [...numbers],
      errors: [...errors],
      points: pooled
        ? { samples: [], truth: [], predicted: [] }
        : { samples: places.map((place) => numbers[place] ?? 0), truth, predicted },
    }),
  };
}
