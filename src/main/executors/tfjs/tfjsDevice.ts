import {
  getKernel,
  type KernelBackend,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { ElementType } from '../../../graph-engine/program/program.ts';
import type { TensorShape } from '../interpreted/interpretedEngine.ts';
import { stockKernels, type StockKernel } from './stockKernels.ts';

/** A backend of TensorFlow.js as a place where kernels are called by name, without its engine, its tidying and its gradients. */
export interface TfjsDevice {
  readonly backend: KernelBackend;
  /** The result of a stock kernel. It is disposed when the kernel of ours that asked for it ends, unless that returns it. */
  run(
    kernel: StockKernel,
    inputs: Readonly<Record<string, TensorInfo>> | TensorInfo[],
    attributes?: NamedAttrMap,
  ): TensorInfo;
  /** Has a tensor that was made otherwise disposed in the same way. */
  track(tensor: TensorInfo): TensorInfo;
  /** A tensor with a copy of the values. */
  upload(data: Float32Array | Int32Array, dims: readonly number[]): TensorInfo;
  /** A tensor of one value all over. */
  fill(shape: TensorShape, value: number): TensorInfo;
  /** Another handle of the same memory. */
  share(tensor: TensorInfo, dims: readonly number[]): TensorInfo;
  /** Calls a kernel of ours, and disposes what it asked for and does not return. */
  scoped(kernel: () => readonly TensorInfo[]): readonly TensorInfo[];
  dispose(tensor: TensorInfo): void;
}

/** What TensorFlow.js calls an element type; it has no narrow floats. */
export function tfjsType(dtype: ElementType): 'float32' | 'int32' {
  return dtype === 'int32' ? 'int32' : 'float32';
}

/** A device for a backend of that registered name, on which programs may reach the kernels that are named. */
export function createTfjsDevice(
  backendName: string,
  backend: KernelBackend,
  allowed: readonly StockKernel[] = stockKernels,
): TfjsDevice {
  const names: ReadonlySet<string> = new Set(allowed);
  const kernels = new Map<string, NonNullable<ReturnType<typeof getKernel>>['kernelFunc']>();
  const made: TensorInfo[] = [];

  function kernelNamed(name: string) {
    let kernel = kernels.get(name);
    if (kernel === undefined) {
      const found = names.has(name) ? getKernel(name, backendName) : undefined;
      if (found === undefined) throw new Error(`TensorFlow.js has no kernel ${name} to be used on ${backendName}`);
      kernels.set(name, (kernel = found.kernelFunc));
    }
    return kernel;
  }

  function track(tensor: TensorInfo): TensorInfo {
    made.push(tensor);
    return tensor;
  }

  function dispose({ dataId }: TensorInfo): void {
    backend.disposeData(dataId);
  }

  function upload(data: Float32Array | Int32Array, dims: readonly number[]): TensorInfo {
    const shape = [...dims];
    const dtype = data instanceof Int32Array ? 'int32' : 'float32';
    return { dataId: backend.write(data, shape, dtype), shape, dtype };
  }

  return {
    backend,
    upload,
    run(name, inputs, attributes = {}) {
      const result = kernelNamed(name)({ inputs: inputs as NamedTensorInfoMap, attrs: attributes, backend });
      if (Array.isArray(result)) throw new Error(`${name} has more than one result`);
      return track(result);
    },
    track,
    fill({ dims, dtype }, value) {
      const data = tfjsType(dtype) === 'int32' ? new Int32Array(sizeOf(dims)) : new Float32Array(sizeOf(dims));
      data.fill(value);
      return track(upload(data, dims));
    },
    share({ dataId, dtype }, dims) {
      backend.incRef(dataId);
      return { dataId, dtype, shape: [...dims] };
    },
    scoped(kernel) {
      const mark = made.length;
      let kept: readonly TensorInfo[] = [];
      try {
        kept = kernel();
        return kept;
      } finally {
        for (const tensor of made.splice(mark)) if (!kept.includes(tensor)) dispose(tensor);
      }
    },
    dispose,
  };
}

function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
