import { answerOf, HostFailure } from '../../files/hostFailure.ts';
import type { EngineKind } from '../engineKind.ts';
import { packageVersion } from '../packageVersion.ts';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';

/** WebAssembly: it comes with Skipwire, and runs wherever Node does. */
export const wasm: EngineKind = {
  id: 'wasm',
  title: 'WebAssembly',
  summary: 'Comes along and needs nothing installed, on one thread of the processor: slower than the native engine.',
  locate: () =>
    answerOf(() => {
      const version = packageVersion(PACKAGE);
      if (version === undefined) {
        throw new HostFailure({
          code: 'engine/no-package',
          message: `The package ${PACKAGE} is not installed.`,
          remedy: 'Run npm ci in the folder of Skipwire.',
        });
      }
      return { version, fingerprint: version };
    }),
  async open() {
    const { openWasmExecutor } = await import('../../executors/wasm/wasmExecutor.ts');
    return openWasmExecutor();
  },
};
