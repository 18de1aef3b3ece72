import type { BackendValues, TensorInfo } from '@tensorflow/tfjs-core';
import type { PassName } from '../../../graph-engine/program/passes/index.ts';
import type { TensorData } from '../compiledProgram.ts';
import type { InterpretedEngine, JointKernels, Kernels, TensorShape } from '../interpreted/interpretedEngine.ts';
import type { TfjsDevice } from './tfjsDevice.ts';

/** What an engine on a backend of TensorFlow.js says for itself. */
export interface TfjsEngineParts {
  readonly name: string;
  readonly threads: number;
  readonly device: TfjsDevice;
  readonly kernels: Kernels<TensorInfo>;
  readonly together?: JointKernels<TensorInfo>;
  readonly passes?: readonly PassName[];
  narrow(tensor: TensorInfo, shape: TensorShape): TensorInfo;
  flush?(): void;
  close(): void;
}

type AnyKernel = (call: unknown) => readonly TensorInfo[] | undefined;

/** An engine on a backend of TensorFlow.js: tensors are its infos, and what a kernel leaves behind is disposed. */
export function createTfjsEngine({
  device,
  kernels,
  together = {},
  ...parts
}: TfjsEngineParts): InterpretedEngine<TensorInfo> {
  const { backend } = device;

  function scoped(family: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const entries = Object.entries(family).map(([name, kernel]) => {
      const any = kernel as AnyKernel;
      return [name, (call: unknown) => device.scoped(() => any(call) ?? [])];
    });
    return Object.fromEntries(entries) as Record<string, unknown>;
  }

  return {
    ...parts,
    upload: (data, { dims }) => device.upload(data, dims),
    async read({ dataId }, shape) {
      return tensorData(await backend.read(dataId), shape);
    },
    share: (tensor, { dims }) => device.share(tensor, dims),
    dispose: (tensor) => device.dispose(tensor),
    narrow(tensor, shape) {
      const [rounded] = device.scoped(() => [parts.narrow(tensor, shape)]);
      if (rounded === undefined) throw new Error('Rounding gives a tensor');
      return rounded;
    },
    kernels: scoped(kernels) as unknown as Kernels<TensorInfo>,
    together: scoped(together),
    liveTensors: () => backend.numDataIds(),
  };
}

function tensorData(values: BackendValues, { dtype }: TensorShape): TensorData {
  if (dtype === 'int32') return values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>);
  return values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>);
}
