import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { EngineDevice, EngineId } from '../../contract/engines.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import type { EngineEnvironment } from '../training/engineMessages.ts';
import { runFiles } from './runFiles.ts';

const TrainedOn = z.object({
  /** Older versions had one engine and did not name it. */
  engineId: EngineId.default('tensorflow'),
  engine: z.string(),
  processor: z.string(),
  threads: z.int(),
  device: EngineDevice.optional(),
});

/** What a run was trained on: now, and before it went on with another engine. */
const RunEnvironment = TrainedOn.extend({ before: z.array(TrainedOn).default([]) });
export type RunEnvironment = z.infer<typeof RunEnvironment>;

/** Reads what a run was trained on; `undefined` where it has not begun. */
export async function readRunEnvironment(folder: string): Promise<RunEnvironment | undefined> {
  try {
    return RunEnvironment.parse(JSON.parse(await readFile(path.join(folder, runFiles.environment), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Writes what a run is trained on from now on, and keeps what it was trained on with other engines. */
export async function writeRunEnvironment(
  folder: string,
  environment: EngineEnvironment,
  previous: RunEnvironment | undefined,
): Promise<void> {
  const before = previous === undefined ? [] : earlier(previous, environment);
  const text = `${JSON.stringify({ ...environment, ...(before.length > 0 && { before }) }, null, 2)}\n`;
  await writeAtomically(path.join(folder, runFiles.environment), text);
}

function earlier({ before, ...last }: RunEnvironment, { engineId }: EngineEnvironment): RunEnvironment['before'] {
  return last.engineId === engineId ? before : [...before, last];
}

/** All engines of a run in words, the earliest first. */
export function enginesInWords({ before, engine }: RunEnvironment): string {
  return [...before.map((one) => one.engine), engine].join(', then ');
}

/** What it computes on in words. */
export function deviceInWords({ device, processor, threads }: RunEnvironment): string {
  if (device !== undefined && device.kind !== 'processor') return device.name;
  return `${processor}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}
