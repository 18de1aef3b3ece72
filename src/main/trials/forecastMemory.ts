import type { MemoryForecast } from '../../contract/trials.ts';
import { livePeak } from '../../graph-engine/program/passes/livePeak.ts';
import type { Program } from '../../graph-engine/program/program.ts';
import { prepareData } from '../training/prepareData.ts';
import { availableMemory } from './memoryOf.ts';
import { lowerForTrial } from './openTrial.ts';
import type { RunTrial } from './trial.ts';

/** What of the free memory a training may take: the rest is for the editor and for what else begins meanwhile. */
export const USABLE_SHARE = 0.9;
const SMALLEST_EVALUATION_BATCH = 64;

/** What a compiled graph and its kernels took beside all values, and what values took for each byte that is alive, as measured. */
const SESSION = 80 * 2 ** 20;
const TAKEN_PER_BYTE = 1.35;

/** What a training holds, from the program alone; see docs/decisions/0029 for how near it comes. */
export interface ProgramMemory {
  readonly weights: number;
  readonly optimizer: number;
  activations(batchSize: number): { readonly bytes: number; readonly origin: string };
}

/** Looks at all entries that a training runs. */
export function memoryOfProgram({ variables, entries }: Program): ProgramMemory {
  const bytesOf = (isSlot: boolean): number =>
    variables
      .filter(({ role }) => (role === 'slot') === isSlot)
      .reduce((sum, { dims }) => sum + 4 * dims.reduce((product, dim) => product * dim, 1), 0);
  return {
    weights: bytesOf(false),
    optimizer: bytesOf(true),
    activations(batchSize) {
      const peaks = Object.values(entries).flatMap((entry) => {
        if (entry.name === 'predict') return [];
        return [
          livePeak(entry, entry.name === 'evaluate' ? Math.max(batchSize, SMALLEST_EVALUATION_BATCH) : batchSize),
        ];
      });
      const most = peaks.reduce((fullest, peak) => (peak.bytes > fullest.bytes ? peak : fullest), {
        bytes: 0,
        origin: '',
      });
      return { ...most, bytes: Math.round(TAKEN_PER_BYTE * most.bytes) };
    },
  };
}

/** Says what a training will hold and what there is, without compiling anything. */
export const forecastMemory: RunTrial<'forecast-memory'> = async (_executor, document) => {
  const program = process.memoryUsage().rss;
  const lowered = lowerForTrial(document);
  const data = await prepareData(lowered, document.training);
  return {
    kind: 'forecast-memory',
    forecast: forecastOf({
      batchSize: document.training.batchSize,
      memory: memoryOfProgram(lowered.program),
      samples: data.split.train.length,
      sampleBytes: 4 * data.columns.reduce((sum, { sampleSize }) => sum + sampleSize, 0),
      program: program + SESSION,
      data: Math.max(0, process.memoryUsage().rss - program),
      free: availableMemory() + program,
    }),
  };
};

export interface ForecastOrder {
  readonly batchSize: number;
  readonly memory: ProgramMemory;
  /** In an epoch: no batch is larger. */
  readonly samples: number;
  readonly sampleBytes: number;
  /** What this process held before, and what the data took. */
  readonly program: number;
  readonly data: number;
  readonly free: number;
}

/** What a training will hold; with the largest batch that would fit, where the chosen one does not. */
export function forecastOf(order: ForecastOrder): MemoryForecast {
  const { batchSize, memory, samples, sampleBytes, program, data, free } = order;
  const at = (size: number): MemoryForecast => {
    const batch = Math.min(size, samples);
    const { bytes, origin } = memory.activations(batch);
    // The host fills one batch while the engine holds a copy of another.
    const parts = {
      program,
      weights: memory.weights,
      optimizer: memory.optimizer,
      checkpoint: 2 * (memory.weights + memory.optimizer),
      activations: bytes,
      data: data + 2 * sampleBytes * batch,
    };
    const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
    return { batchSize: size, ...parts, fullestAt: origin, total, free };
  };
  const fits = (size: number): boolean => at(size).total <= USABLE_SHARE * free;
  const forecast = at(batchSize);
  const fitting = fits(batchSize) ? undefined : largestThat(fits, batchSize);
  return { ...forecast, ...(fitting !== undefined && { fitting }) };
}

/** The largest batch below `limit` that fits; undefined when not even one sample does. */
function largestThat(fits: (batchSize: number) => boolean, limit: number): number | undefined {
  if (!fits(1)) return undefined;
  let [low, high] = [1, limit];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
