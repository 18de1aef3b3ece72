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
    // The colours of figures are read from the theme's own file.
    css: { include: /tokens\.css/ },
    globalSetup: ['scripts/vitestSetup.mjs'],
    setupFiles: ['tests/stories/keepScreenshots.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
