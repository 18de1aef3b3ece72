import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The longest first, so that no training starts when all else is done: whole-app tests, then those that start processes,
 * then the pure ones.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const bySize = await super.sort(files);
    return bySize.toSorted((one, other) => rank(one.moduleId) - rank(other.moduleId));
  }
}

const ranks = ['/tests/learning.test.ts', '/tests/', '/src/main/'];

function rank(file: string): number {
  const found = ranks.findIndex((part) => file.includes(part));
  return found === -1 ? ranks.length : found;
}

const pure = [
  'src/graph-engine/**/*.test.{ts,tsx}',
  'src/renderer/**/*.test.{ts,tsx}',
  'src/contract/**/*.test.ts',
  'tests/{activations,onnxExports,onnxTestData,reference,templates}.test.ts',
  'tests/pytorch/{checkpointNames,source,sourceOps}.test.ts',
];

export default defineConfig({
  test: {
    environment: 'node',
    // Child processes, not threads: the engine's native code keeps process-global state.
    pool: 'forks',
    // One more than the cores that are counted on: a story waits for its page and its server as often as it works.
    maxWorkers: 3,
    // The colours of figures are read from the theme's own file.
    css: { include: /tokens\.css/ },
    // For what hangs. A machine that is busy with much else is slow, and nothing is wrong with it.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'app',
          globalSetup: ['scripts/vitestSetup.mjs'],
          setupFiles: ['tests/stories/keepScreenshots.ts'],
          include: [
            'src/main/**/*.test.ts',
            'electron/**/*.test.ts',
            'scripts/**/*.test.ts',
            'bench/**/*.test.ts',
            'tests/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', 'tests/fixtures/**', ...pure],
        },
      },
      {
        extends: true,
        // Nothing here starts a process or keeps state between files, so one process may load the sources once.
        test: { name: 'pure', include: pure, isolate: false },
      },
    ],
  },
});
