import { open as openFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { CallOutput, ParsedInput } from '../../contract/contract.ts';
import type { ProbeLesion, ProbeWeights } from '../../contract/samples.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { ProbeClient } from '../probing/probeClient.ts';
import type { ProbeTask, ProbedReading } from '../probing/probeMessages.ts';
import { runFiles } from '../runs/runFiles.ts';
import type { WeightSource } from '../training/engineMessages.ts';
import { createReadingCache } from './readingCache.ts';

type Target = ProbeTask['target'];

/** What editors look at: networks with weights, each under a name that is equal for equal ones. */
export interface SampleSessions {
  open(input: ParsedInput<'probe/open'>): Promise<CallOutput<'probe/open'>>;
  samples(input: ParsedInput<'probe/samples'>): Promise<CallOutput<'probe/samples'>>;
  read(input: ParsedInput<'probe/read'>): Promise<CallOutput<'probe/read'>>;
}

/** Sessions that are remembered. */
const KEPT = 16;

/** Keeps sessions and what was read in them. `runFolder` gives the folder of a run. */
export function createSampleSessions(prober: ProbeClient, runFolder: (run: string) => Promise<string>): SampleSessions {
  const targets = new Map<string, Omit<Target, 'lesions'>>();
  const cache = createReadingCache();

  function targetOf(session: string, lesions: readonly ProbeLesion[] = []): Target {
    const target = targets.get(session);
    if (target === undefined) {
      throw new HostFailure({
        code: 'probe/no-session',
        message: 'This look at a network was forgotten; it has to be opened again.',
      });
    }
    targets.delete(session);
    targets.set(session, target);
    return { ...target, lesions: lesions.map(({ path, how }) => [path, how] as const) };
  }

  return {
    async open({ document, weights }) {
      const { source, key, epoch } = await findWeights(document, weights, runFolder);
      const target = { document, network: networkKey(document), weights: source, weightsKey: key };
      const { data, samples, choices, notices } = await prober.describe({ ...target, lesions: [] });
      const session = `${target.network} ${key}`;
      targets.delete(session);
      targets.set(session, target);
      for (const old of targets.keys()) {
        if (targets.size <= KEPT) break;
        targets.delete(old);
      }
      return { session, data, samples, choices, notices: [...notices], ...(epoch !== undefined && { epoch }) };
    },

    async samples({ session, from, count, search, numbers }) {
      const order = { target: targetOf(session), from, count, search, ...(numbers !== undefined && { numbers }) };
      const { samples, total } = await prober.samples(order);
      return { samples: [...samples], total };
    },

    async read({ session, sample, view, lesions, style, detail, paths }) {
      const target = targetOf(session, lesions);
      const wish = { style, detail };
      const about = JSON.stringify([session, lesions, sample, style, detail]);
      const known: ProbedReading[] = [];
      const missing: string[] = [];
      for (const one of paths) {
        const readings = cache.get(`${about} ${one}`);
        if (readings === undefined) missing.push(one);
        else known.push(...readings);
      }
      if (missing.length === 0) return { values: known, superseded: false };
      const { readings, superseded } = await prober.read({ target, sample, paths: missing, wish }, view);
      // A part of a path's ports is not all of it: what was cut short is read again another time.
      if (!superseded) {
        for (const one of missing) {
          const ofPath = readings.filter((reading) => reading.path === one);
          cache.set(`${about} ${one}`, ofPath);
        }
      }
      return { values: [...known, ...readings], superseded };
    },
  };
}

/** Settings that do not change what a sample is or what initial weights are. */
const indifferent: ReadonlySet<string> = new Set([
  'epochs',
  'batchSize',
  'learningRate',
  'optimizer',
  'schedule',
  'precision',
  'recompute',
  'augmentation',
] satisfies (keyof SkipwireDocument['training'])[]);

/** Text that is equal where the same program on the same data would be compiled. */
function networkKey(document: SkipwireDocument): string {
  const settings = Object.entries(document.training).filter(([name]) => !indifferent.has(name));
  return `${networkFingerprint(document)} ${document.weights ?? ''} ${JSON.stringify(settings)}`;
}

async function findWeights(
  document: SkipwireDocument,
  weights: ProbeWeights,
  runFolder: (run: string) => Promise<string>,
): Promise<{ source: WeightSource; key: string; epoch?: number }> {
  const { seed } = document.training;
  if (weights.kind === 'initial') return { source: { seed }, key: `seed ${seed} ${document.weights ?? ''}` };
  const file = path.join(await runFolder(weights.run), runFiles[weights.which]);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) {
    throw new HostFailure({
      code: 'run/no-weights',
      message: `The run "${weights.run}" has saved no ${weights.which === 'best' ? 'best ' : ''}weights yet.`,
      remedy: 'Wait for the end of its first epoch, or look at the initial weights.',
    });
  }
  const epoch = await savedAtEpoch(file);
  return { source: { file }, key: `${file} ${found.mtimeMs} ${found.size}`, ...(epoch !== undefined && { epoch }) };
}

/** Far above the header of any network; a damaged file must not fill the memory. */
const LONGEST_HEADER = 64 * 1024 * 1024;

/** The epoch in the header of a checkpoint, without reading its weights; `undefined` where it does not say. */
async function savedAtEpoch(file: string): Promise<number | undefined> {
  const handle = await openFile(file);
  try {
    const size = new BigUint64Array(1);
    await handle.read(new Uint8Array(size.buffer), 0, 8, 0);
    const length = Number(size[0]);
    if (length > LONGEST_HEADER) return undefined;
    const header = Buffer.alloc(length);
    await handle.read(header, 0, length, 8);
    const parsed = CheckpointHeader.safeParse(JSON.parse(header.toString('utf8')));
    return parsed.success ? Number(parsed.data.__metadata__.epoch) : undefined;
  } catch {
    // Damaged weights are told about when they are read.
    return undefined;
  } finally {
    await handle.close();
  }
}

const CheckpointHeader = z.object({ __metadata__: z.object({ epoch: z.string().regex(/^[\d.]+$/) }) });
