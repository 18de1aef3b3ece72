import path from 'node:path';
import { answerOf, HostFailure } from '../../files/hostFailure.ts';
import type { EngineKind } from '../engineKind.ts';
import { engineFolder } from '../engineFolder.ts';
import { locateTensorflowEngine } from '../locateTensorflowEngine.ts';
import { findNvidiaDevices } from '../nvidiaDevices.ts';

/** libtensorflow with NVIDIA's CUDA libraries. */
export const cuda: EngineKind = {
  id: 'cuda',
  title: 'TensorFlow with CUDA',
  summary: 'The native library on a graphics processor of NVIDIA.',
  locate: () =>
    answerOf(async () => {
      // First what no installation can mend.
      const devices = await findNvidiaDevices();
      const located = await locateTensorflowEngine({ variant: 'cuda' });
      if (!located.ok) throw new HostFailure(located.problem);
      const { version, addonPath } = located.value;
      return {
        version,
        fingerprint: [addonPath, ...devices.map(({ name, driver }) => `${name} ${driver ?? ''}`)].join(' '),
        environment: cudaVariables(addonPath),
        devices,
      };
    }),
  chooseDevice: (index) => ({ CUDA_VISIBLE_DEVICES: index }),
  async open() {
    const { openTensorflowExecutor } = await import('../../executors/tensorflowExecutor.ts');
    return openTensorflowExecutor({ variant: 'cuda' });
  },
};

/** What its process is started with; the system's loader reads where libraries lie before anything else runs. */
function cudaVariables(addonPath: string): Record<string, string> {
  // The addon lies two folders below the root.
  const { root, libraries } = engineFolder(path.resolve(path.dirname(addonPath), '..', '..'));
  const before = process.env['LD_LIBRARY_PATH'];
  return {
    LD_LIBRARY_PATH: before === undefined || before === '' ? libraries : `${libraries}:${before}`,
    XLA_FLAGS: `--xla_gpu_cuda_data_dir=${path.join(root, 'deps', 'cuda_nvcc')}`,
    // The same numbers as nvidia-smi's.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: process.env['CUDA_VISIBLE_DEVICES'] ?? '0',
    // Others compute on it as well: take memory as it is needed, not all at once.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  };
}
