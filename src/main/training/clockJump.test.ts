import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Metrics } from '../../contract/run.ts';
import { linearDigits } from '../../graph-engine/testing/linearDigits.ts';
import { openTensorflowExecutor } from '../executors/tensorflowExecutor.ts';
import { trainDocument } from './engineTasks.ts';

vi.setConfig({ testTimeout: 180_000 });
afterEach(() => vi.useRealTimers());

test('a clock that jumps by days, back and forth, changes nothing of a run', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-clock-'));
  const executor = await openTensorflowExecutor();
  const document = linearDigits({ epochs: 3 });
  const metrics: Metrics[] = [];
  const noon = Date.UTC(2026, 2, 1, 12);
  vi.useFakeTimers({ toFake: ['Date'], now: noon });
  try {
    const completed = await trainDocument(
      executor,
      { kind: 'train', document, folder },
      {
        onNotice: () => undefined,
        onBegun: () => undefined,
        onMetrics(entry) {
          metrics.push(entry);
          vi.setSystemTime(noon + (metrics.length % 2 === 0 ? 1 : -1) * 86_400_000 * metrics.length);
        },
        wish: () => 'go-on',
      },
    );
    expect(completed).toBe(true);
    const elapsed = metrics.map((entry) => entry.elapsed);
    expect(elapsed).toEqual(elapsed.toSorted((a, b) => a - b));
    expect(elapsed.at(-1)).toBeLessThan(60);
    for (const entry of metrics) {
      if (entry.kind !== 'step') continue;
      expect(entry.remaining).toBeGreaterThanOrEqual(0);
      expect(entry.remaining).toBeLessThan(3600);
    }
  } finally {
    await executor.dispose();
    await rm(folder, { recursive: true });
  }
});
