import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkLayers } from './checkLayers.mjs';

const root = path.join(import.meta.dirname, '..');

describe('the layer check', () => {
  test('catches a deliberately bad tree, values and types alike', async () => {
    const { violations, cruised, onDisk } = await checkLayers(path.join(root, 'tests/fixtures/layers'));
    expect(cruised).toBe(onDisk);
    expect(violations.toSorted()).toEqual([
      'error graph-engine-is-pure: src/graph-engine/knowsMain.ts -> src/main/server.ts',
      'error graph-engine-is-pure: src/graph-engine/readsFiles.ts -> fs',
      'error renderer-speaks-the-contract: src/renderer/callsMain.ts -> src/main/server.ts',
    ]);
  });

  test('fails where there is nothing to look at', async () => {
    const { violations } = await checkLayers(path.join(root, 'tests/fixtures'));
    expect(violations).toEqual(['error not-looked-at: there is no source file at all']);
  });
});
