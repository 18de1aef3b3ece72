import type { EngineDevice, EngineId, EngineStatus, EngineVariant } from '../../contract/engines.ts';
import type { Installing } from '../connection/hostStore.ts';

/** The share of the whole installation that is done; `undefined` while it only waits. */
export function shareInstalled({ place, done, total }: Installing): number | undefined {
  if (place.phase === 0) return undefined;
  const inPhase = done === undefined || total === undefined || total === 0 ? 0 : Math.min(1, done / total);
  return (place.phase - 1 + inPhase) / place.of;
}

/** Bytes in words, as makers of devices count them. */
export function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** What an engine computes on, with its memory. */
export function deviceInWords({ name, memory, driver }: EngineDevice): string {
  return [
    name,
    ...(memory === undefined ? [] : [`${Math.round(memory / 2 ** 30)} GiB`]),
    ...(driver === undefined ? [] : [`driver ${driver}`]),
  ].join(', ');
}

/** How quick an engine is, in words. */
export function speedInWords({ gflops }: EngineStatus): string | undefined {
  if (gflops === undefined) return undefined;
  return gflops >= 1000 ? `${(gflops / 1000).toFixed(1)} TFLOP/s` : `${Number(gflops.toPrecision(2))} GFLOP/s`;
}

/** What is installed for an engine; nothing for engines that come along. */
export function variantOf(id: EngineId): EngineVariant | undefined {
  return id === 'tensorflow' ? 'cpu' : id === 'cuda' ? 'cuda' : undefined;
}
