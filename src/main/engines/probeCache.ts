import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism, cpus, release } from 'node:os';
import { statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { EngineId } from '../../contract/engines.ts';
import { productRoot, productVersion } from '../files/productRoot.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import type { EngineLocation } from './engineKind.ts';
import { ProbeReply } from './probeEngine.ts';

const Entry = z.object({ fingerprint: z.string(), at: z.number(), reply: ProbeReply });
const Cache = z.object({
  format: z.literal('skipwire-probes@1'),
  probes: z.partialRecord(EngineId, Entry),
});
type Probes = z.infer<typeof Cache>['probes'];

/** Milliseconds after which a failure is tried again by itself: what was in its way may be gone. */
const FAILURES_LAST = 24 * 3600 * 1000;

/** What engines did when they were tried out, kept from one start to the next. */
export interface ProbeCache {
  /** `undefined` where the engine was never tried in this version on this machine. */
  read(id: EngineId, location: EngineLocation): Promise<ProbeReply | undefined>;
  write(id: EngineId, location: EngineLocation, reply: ProbeReply): Promise<void>;
  /** The engine is to be tried out again. */
  forget(id: EngineId): Promise<void>;
}

/** Keeps probes in one file, which several processes may write: the last one wins, and nobody reads half a file. */
export function openProbeCache(file: string, now: () => number = Date.now): ProbeCache {
  async function all(): Promise<Probes> {
    try {
      return Cache.parse(JSON.parse(await readFile(file, 'utf8'))).probes;
    } catch {
      return {};
    }
  }
  async function replace(probes: Probes): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await writeAtomically(file, `${JSON.stringify({ format: 'skipwire-probes@1', probes }, null, 2)}\n`);
  }
  return {
    async read(id, location) {
      const found = (await all())[id];
      if (found?.fingerprint !== fingerprintOf(location)) return undefined;
      const fresh = found.reply.state === 'passed' || now() - found.at < FAILURES_LAST;
      return fresh ? found.reply : undefined;
    },
    async write(id, location, reply) {
      await replace({ ...(await all()), [id]: { fingerprint: fingerprintOf(location), at: now(), reply } });
    },
    async forget(id) {
      const { [id]: _forgotten, ...others } = await all();
      await replace(others);
    },
  };
}

/** What a measurement depends on: the engine, this Skipwire, the machine. */
function fingerprintOf({ version, fingerprint, environment = {} }: EngineLocation): string {
  const processor = `${cpus()[0]?.model ?? ''} x ${availableParallelism()}`;
  return JSON.stringify([version, fingerprint, environment, productVersion, buildTime(), release(), processor]);
}

/** A build that is newer than the measurement may compute otherwise. */
function buildTime(): number {
  try {
    return statSync(path.join(productRoot, 'dist', 'main', 'engineProbe.js')).mtimeMs;
  } catch {
    return 0;
  }
}
