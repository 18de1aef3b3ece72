import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../graph-engine/program/interpreter/tensor.ts';
import type { TensorShape } from '../interpreted/interpretedEngine.ts';
import { tfjsType, type TfjsDevice } from '../tfjs/tfjsDevice.ts';
import { ENTRY_POINT, type Shader } from './shader.ts';
import { DISPATCHES_PER_SUBMIT, type OpenedBackend } from './webgpuBackend.ts';

/** One call of a shader. */
export interface ShaderCall {
  readonly shader: Shader;
  readonly reads?: readonly TensorInfo[];
  readonly writes: readonly TensorInfo[];
  readonly parameters?: readonly number[];
  /** Threads for a shader of elements; they are also its `size`. */
  readonly elements?: number;
  /** Workgroups for any other. */
  readonly workgroups?: readonly [x: number, y?: number, z?: number];
}

/** Runs shaders of ours on the tensors of the backend. */
export interface ShaderRunner {
  readonly device: TfjsDevice;
  /** Records a call; calls happen in their order, between those of the backend's own kernels. */
  run(call: ShaderCall): void;
  /** The memory of a tensor. */
  bufferOf(tensor: TensorInfo): GPUBuffer;
  /** Workgroups that one dimension of a grid takes. */
  readonly mostWorkgroups: number;
  /** Tensors that one shader takes. */
  readonly mostBuffers: number;
  /** Whether shaders write out their innermost steps, which software takes too long to compile. */
  readonly unrolled: boolean;
  /** Workgroups of a grid with room for so many; there may be some more. */
  grid(count: number): readonly [x: number, y: number];
  /** A new tensor on the device with undefined elements. It is disposed with the kernel that asked for it, unless returned. */
  empty(shape: TensorShape): TensorInfo;
}

/** Smaller limits than the device has, and how shaders are written for it. */
export interface RunnerLimits {
  /** Bytes that one tensor may take. */
  readonly largestTensor?: number;
  /** Workgroups that one dimension of a grid takes. */
  readonly mostWorkgroups?: number;
  readonly unrolled?: boolean;
}

/** Uniform buffers and bind groups that are remembered: many times those of a large network's step. */
const REMEMBERED = 20_000;

/** Shaders on a backend. Pipelines, parameters and bind groups are kept: a step asks for the same ones as the step before. */
export function createShaderRunner(
  backend: OpenedBackend,
  device: TfjsDevice,
  { largestTensor = Number.POSITIVE_INFINITY, mostWorkgroups, unrolled = false }: RunnerLimits = {},
): ShaderRunner {
  const gpu = backend.device;
  const most = mostWorkgroups ?? gpu.limits.maxComputeWorkgroupsPerDimension;
  const pipelines = new Map<string, GPUComputePipeline>();
  const uniforms = new Map<string, GPUBuffer>();
  const bindGroups = new Map<string, GPUBindGroup>();
  const numbers = new WeakMap<object, number>();
  let lastNumber = 0;

  function numberOf(owned: object): number {
    let number = numbers.get(owned);
    if (number === undefined) numbers.set(owned, (number = ++lastNumber));
    return number;
  }

  function pipelineOf({ name, code }: Shader): GPUComputePipeline {
    let pipeline = pipelines.get(code);
    if (pipeline === undefined) {
      const module = gpu.createShaderModule({ label: name, code });
      const compute = { module, entryPoint: ENTRY_POINT };
      pipelines.set(code, (pipeline = gpu.createComputePipeline({ label: name, layout: 'auto', compute })));
    }
    return pipeline;
  }

  /** Written once and never again, so that no order between calls matters. */
  function uniformOf(shader: Shader, values: readonly number[]): GPUBuffer {
    if (values.length !== shader.parameters.length) throw new Error(`${shader.name} takes other parameters`);
    const key = `${shader.parameters.map(([, type]) => type[0]).join('')} ${values.join(' ')}`;
    let buffer = uniforms.get(key);
    if (buffer === undefined) {
      // Bind groups that hold a buffer keep it alive.
      if (uniforms.size >= REMEMBERED) uniforms.clear();
      const size = Math.ceil(values.length / 4) * 16;
      buffer = gpu.createBuffer({ size, usage: GPUBufferUsage.UNIFORM, mappedAtCreation: true });
      const view = new DataView(buffer.getMappedRange());
      shader.parameters.forEach(([, type], i) => {
        const value = values[i] ?? 0;
        if (type === 'f32') view.setFloat32(4 * i, value, true);
        else if (type === 'i32') view.setInt32(4 * i, value, true);
        else view.setUint32(4 * i, value, true);
      });
      buffer.unmap();
      uniforms.set(key, buffer);
    }
    return buffer;
  }

  function bufferOf({ dataId }: TensorInfo): GPUBuffer {
    backend.uploadToGPU(dataId);
    const { resource } = backend.tensorMap.get(dataId);
    if (resource === null) throw new Error('A tensor of WebGPU lies in a buffer');
    return resource;
  }

  function bindGroupOf(pipeline: GPUComputePipeline, buffers: readonly GPUBuffer[]): GPUBindGroup {
    const key = [pipeline, ...buffers].map(numberOf).join(' ');
    let group = bindGroups.get(key);
    if (group === undefined) {
      if (bindGroups.size >= REMEMBERED) bindGroups.clear();
      group = gpu.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
      });
      bindGroups.set(key, group);
    }
    return group;
  }

  /** A flat run of workgroups may be longer than one dimension takes. */
  function grid(count: number): readonly [x: number, y: number] {
    if (count <= most) return [count, 1];
    const y = Math.ceil(count / most);
    return [Math.ceil(count / y), y];
  }

  return {
    device,
    mostWorkgroups: most,
    unrolled,
    mostBuffers: gpu.limits.maxStorageBuffersPerShaderStage,
    run({ shader, reads = [], writes, parameters = [], elements, workgroups }) {
      if (reads.length !== shader.reads || writes.length !== shader.writes) {
        throw new Error(`${shader.name} takes ${shader.reads} and writes ${shader.writes} tensors`);
      }
      const values = elements === undefined ? parameters : [elements, ...parameters];
      const pipeline = pipelineOf(shader);
      const buffers = [...reads, ...writes].map(bufferOf);
      if (values.length > 0) buffers.push(uniformOf(shader, values));
      const group = bindGroupOf(pipeline, buffers);
      const [x, y = 1, z = 1] = workgroups ?? grid(Math.ceil((elements ?? 1) / shader.threads));
      backend.ensureCommandEncoderReady();
      const pass = (backend.computePassEncoder ??= backend.commandEncoder?.beginComputePass() ?? null);
      if (pass === null) throw new Error('There is no command encoder');
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(x, y, z);
      backend.dispatchCountInPass++;
      if (backend.dispatchCountInPass >= DISPATCHES_PER_SUBMIT) {
        backend.endComputePassEncoder();
        backend.submitQueue();
      }
    },
    bufferOf,
    grid,
    empty({ dims, dtype }) {
      demandRoom(4 * sizeOfDims(dims), largestTensor);
      return device.track(backend.makeTensorInfo([...dims], tfjsType(dtype)));
    },
  };
}

/** Throws where a tensor is larger than the device takes. */
export function demandRoom(bytes: number, largestTensor: number): void {
  if (bytes > largestTensor) throw new Error(`out of memory: a tensor of ${bytes} bytes; ${largestTensor} fit`);
}
