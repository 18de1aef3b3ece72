import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The longest first, so that no training starts when all else is done: whole-app tests, then those that start processes,
 * then the pure ones. Files of a project that share a process follow each other, or each would start its own.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const bySize = await super.sort(files);
    return bySize.toSorted((one, other) => rank(one) - rank(other));
  }
}

const ranks = [
  { name: 'app', part: '/tests/learning.test.ts' },
  { name: 'app', part: '/tests/' },
  { name: 'app', part: '' },
  { name: 'native', part: '' },
  { name: 'host', part: '' },
];

function rank({ moduleId, project }: TestSpecification): number {
  const found = ranks.findIndex(({ name, part }) => project.name === name && moduleId.includes(part));
  return found === -1 ? ranks.length : found;
}

const pure = [
  'src/graph-engine/**/*.test.{ts,tsx}',
  'src/renderer/**/*.test.{ts,tsx}',
  'src/contract/**/*.test.ts',
  'tests/{activations,onnxExports,onnxTestData,reference,templates}.test.ts',
  'tests/pytorch/{checkpointNames,source,sourceOps}.test.ts',
];

/** Tests that load TensorFlow, and change nothing of the process but that. */
const native = [
  'src/main/evaluation/evaluation.test.ts',
  'src/main/executors/{precision,recompute,resnet20,statistics,tensorflowExecutor}.test.ts',
  'src/main/exports/exportSavedModel.test.ts',
  'src/main/training/{findFirstBroken,residentData,trainingSettings}.test.ts',
  'src/main/trials/trials.test.ts',
  'tests/pytorch/{blocks,checkpointLogits,networks,ops,training}.test.ts',
];

/** Parts of the host. What is found here may start processes of its own; it leaves the one it runs in as it was. */
const host = ['src/main/*/**/*.test.ts', 'electron/**/*.test.ts'];

/** Tests of the host that mock modules, change the environment or time, load other native code, or measure their own process. */
const alone = [
  'electron/shellSafety.test.ts',
  'src/main/cli/**/*.test.ts',
  'src/main/engines/loadTfjsNode.test.ts',
  'src/main/executors/{canGroupConvolutions,lentThreads,ownKernels}.test.ts',
  'src/main/executors/webgpu/*.test.ts',
  'src/main/executors/webgpu/page/*.test.ts',
  'src/main/exports/export{GraphModel,LayersModel,Memory}.test.ts',
  'src/main/host/{accessGuard,dataSafety,engineInstallation,runSafety,serverSafety,training}.test.ts',
  'src/main/training/{clockJump,deviceMemory}.test.ts',
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
          include: [...alone, 'scripts/**/*.test.ts', 'bench/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'tests/fixtures/**', ...native, ...pure],
        },
      },
      {
        extends: true,
        test: { name: 'native', globalSetup: ['scripts/vitestSetup.mjs'], include: native, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'host',
          globalSetup: ['scripts/vitestSetup.mjs'],
          include: host,
          exclude: ['**/node_modules/**', ...alone, ...native],
          isolate: false,
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
