import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { HistogramSeries, StatisticSeries } from '../../contract/statistics.ts';
import type { HistogramKind, StatisticColumn } from '../../graph-engine/statistics/columns.ts';
import { HISTOGRAM_BINS, type Histogram } from '../../graph-engine/statistics/histogram.ts';
import { openRecordWriter, readRecords } from './recordFile.ts';

/** Files of a run's folder about its nodes. */
const files = { statistics: 'statistics.bin', histograms: 'histograms.bin' } as const;

/** Least and greatest value (32-bit floats), then the counts (16 bits each). */
const HISTOGRAM_BYTES = 8 + 2 * HISTOGRAM_BINS;

/** A tensor whose distribution is kept. */
export interface WatchedTensor {
  readonly path: string;
  readonly kind: HistogramKind;
}

const Description = z.object({
  format: z.literal('skipwire/statistics@1'),
  columns: z.array(z.object({ path: z.string(), figure: z.string(), port: z.string().optional() })),
});
const HistogramDescription = z.object({
  format: z.literal('skipwire/histograms@1'),
  tensors: z.array(z.object({ path: z.string(), kind: z.string() })),
});

/** Writes statistics into a run's folder. */
export interface StatisticsWriter {
  /** The epochs passed, and the columns. */
  append(step: number, epoch: number, values: Float32Array): Promise<void>;
  appendHistograms(step: number, histograms: readonly Histogram[]): Promise<void>;
}

/** Goes on with the files of a run from a step on, or begins them. */
export async function openStatisticsWriter(
  folder: string,
  what: {
    readonly columns: readonly StatisticColumn[];
    readonly tensors: readonly WatchedTensor[];
    readonly step: number;
  },
): Promise<StatisticsWriter> {
  const { columns, tensors, step } = what;
  const statistics = await openRecordWriter(path.join(folder, files.statistics), {
    description: JSON.stringify({ format: 'skipwire/statistics@1', columns }),
    size: 8 + 4 * columns.length,
    step,
  });
  const description = JSON.stringify({ format: 'skipwire/histograms@1', tensors });
  const histograms =
    tensors.length === 0
      ? undefined
      : await openRecordWriter(path.join(folder, files.histograms), {
          description,
          size: HISTOGRAM_BYTES * tensors.length,
          step,
        });
  return {
    async append(at, epoch, values) {
      const record = Buffer.alloc(8 + 4 * columns.length);
      record.writeDoubleLE(epoch, 0);
      values.forEach((value, i) => record.writeFloatLE(value, 8 + 4 * i));
      await statistics.append(at, record);
    },
    async appendHistograms(at, found) {
      const record = Buffer.alloc(HISTOGRAM_BYTES * tensors.length);
      found.forEach(({ minimum, maximum, counts }, i) => {
        const begin = i * HISTOGRAM_BYTES;
        record.writeFloatLE(minimum, begin);
        record.writeFloatLE(maximum, begin + 4);
        counts.forEach((count, bin) => record.writeUInt16LE(count, begin + 8 + 2 * bin));
      });
      await histograms?.append(at, record);
    },
  };
}

/** Gives the folder of a run that goes on from another one what that one has sampled; it writes over what came later. */
export async function copyStatistics(from: string, to: string): Promise<void> {
  for (const file of Object.values(files)) {
    await copyFile(path.join(from, file), path.join(to, file)).catch((error: unknown) => {
      // Not every run takes statistics.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
  }
}

/** Numbers of one answer, at most: about 16 MB on their way. */
const NUMBERS_AT_ONCE = 3_000_000;

/** The statistics of a run after a step; nothing where none were taken. */
export async function readStatistics(
  folder: string,
  { after, most }: { readonly after: number | null; readonly most: number },
): Promise<StatisticSeries> {
  const file = path.join(folder, files.statistics);
  const head = await readRecords(file, { most: 0 });
  const described = head === undefined ? undefined : parse(Description, head.description);
  if (described === undefined) return { columns: [], steps: [], epochs: [], values: '' };
  const { columns } = described;
  const affordable = Math.max(1, Math.min(most, Math.floor(NUMBERS_AT_ONCE / Math.max(1, columns.length))));
  const found = await readRecords(file, { ...(after !== null && { after }), most: affordable });
  const { steps = [], records = [] } = found ?? {};
  return {
    columns: after === null ? (columns as StatisticSeries['columns']) : [],
    steps: [...steps],
    epochs: records.map((record) => record.readDoubleLE(0)),
    values: Buffer.concat(records.map((record) => record.subarray(8))).toString('base64'),
  };
}

/** The tensors of a run of which histograms are kept. */
export async function watchedTensors(folder: string): Promise<readonly WatchedTensor[]> {
  const head = await readRecords(path.join(folder, files.histograms), { most: 0 });
  const described = head === undefined ? undefined : parse(HistogramDescription, head.description);
  return (described?.tensors ?? []) as readonly WatchedTensor[];
}

/** How the values of one tensor were spread over a run. */
export async function readHistograms(
  folder: string,
  { path: of, kind }: WatchedTensor,
  most: number,
): Promise<HistogramSeries> {
  const file = path.join(folder, files.histograms);
  const head = await readRecords(file, { most: 0 });
  const described = head === undefined ? undefined : parse(HistogramDescription, head.description);
  const index = described?.tensors.findIndex((tensor) => tensor.path === of && tensor.kind === kind) ?? -1;
  if (index < 0) return { steps: [], histograms: [] };
  const part = { offset: index * HISTOGRAM_BYTES, length: HISTOGRAM_BYTES };
  const { steps = [], records = [] } = (await readRecords(file, { part, most })) ?? {};
  const known = steps.flatMap((step, i) => {
    const record = records[i];
    const [minimum, maximum] = [record?.readFloatLE(0) ?? Number.NaN, record?.readFloatLE(4) ?? Number.NaN];
    if (record === undefined || !Number.isFinite(minimum) || !Number.isFinite(maximum)) return [];
    const counts = Array.from({ length: HISTOGRAM_BINS }, (_, bin) => record.readUInt16LE(8 + 2 * bin));
    return [{ step, histogram: { minimum, maximum, counts } }];
  });
  return { steps: known.map(({ step }) => step), histograms: known.map(({ histogram }) => histogram) };
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
