import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.{ts,tsx}',
      'electron/**/*.test.ts',
      'scripts/**/*.test.ts',
      'bench/**/*.test.ts',
      'tests/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', 'tests/fixtures/**'],
    environment: 'node',
    // Child processes, not threads: the engine's native code keeps process-global state.
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['scripts/vitestSetup.mjs'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
