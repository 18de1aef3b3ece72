import { answerOf, HostFailure } from '../../files/hostFailure.ts';
import type { EngineKind } from '../engineKind.ts';
import { locateTensorflowEngine } from '../locateTensorflowEngine.ts';

/** libtensorflow on the processor. */
export const tensorflow: EngineKind = {
  id: 'tensorflow',
  title: 'TensorFlow',
  summary: 'The native library on the processor: the fastest way without a graphics processor.',
  locate: () =>
    answerOf(async () => {
      const located = await locateTensorflowEngine();
      if (!located.ok) throw new HostFailure(located.problem);
      const { version, source, addonPath } = located.value;
      return { version, fingerprint: [version, source, addonPath].join(' ') };
    }),
  async open() {
    const { openTensorflowExecutor } = await import('../../executors/tensorflowExecutor.ts');
    return openTensorflowExecutor();
  },
};
