import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorData } from '../compiledProgram.ts';
import { EngineError } from '../engineError.ts';
import type { InterpretedEngine } from '../interpreted/interpretedEngine.ts';
import { createTfjsEngine } from '../tfjs/createTfjsEngine.ts';
import { createTfjsDevice, tfjsType } from '../tfjs/tfjsDevice.ts';
import { createReader } from './deviceReader.ts';
import { webgpuKernels } from './kernels/index.ts';
import { jointUpdates } from './kernels/optimizers.ts';
import { roundingKernel } from './kernels/rounding.ts';
import { recordOn } from './recorder.ts';
import { openDevice, type GpuDescription } from './openDevice.ts';
import { createShaderRunner, demandRoom, type RunnerLimits } from './shaderRunner.ts';
import { createWebgpuBackend, submit } from './webgpuBackend.ts';

/** An engine on a graphics processor, and what it is. */
export interface WebgpuEngine extends InterpretedEngine<TensorInfo> {
  readonly gpu: GpuDescription;
  /** For those who measure on it. */
  readonly gpuDevice: GPUDevice;
  /** Bytes that tensors hold on the device. */
  deviceMemory(): number;
}

/** Opens the graphics processor of `gpu`: Dawn's in plain Node, the browser's in a page. Throws a `HostFailure`. */
export async function openWebgpuEngine(
  gpu: GPU,
  limits: Pick<RunnerLimits, 'mostWorkgroups' | 'unrolled'> = {},
): Promise<WebgpuEngine> {
  const { device: gpuDevice, info, description } = await openDevice(gpu);
  const name = `WebGPU on ${description.device.name}`;
  const backend = createWebgpuBackend(gpuDevice, info);
  const device = createTfjsDevice('webgpu', backend);
  const runner = createShaderRunner(backend, device, {
    largestTensor: description.largestTensor,
    unrolled: description.device.kind === 'graphics',
    ...limits,
  });
  const reader = createReader(backend);
  const round = roundingKernel(runner);
  let trouble: string | undefined;
  let lost: string | undefined;
  let closed = false;

  void gpuDevice.lost.then(({ message }) => {
    if (!closed) lost = `the graphics processor was lost: ${message || 'its driver gave no reason'}`;
  });
  // Errors are told some time after the call that made them; whoever reads next hears of it.
  gpuDevice.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    const { error } = event;
    const outOfMemory = error.constructor.name === 'GPUOutOfMemoryError';
    trouble ??= outOfMemory ? `out of memory: ${error.message}` : error.message;
  });

  const engine = createTfjsEngine({
    name,
    threads: 1,
    device,
    kernels: webgpuKernels(runner),
    together: jointUpdates(runner),
    // A chain is one shader.
    passes: ['fuseElementwise'],
    narrow: round,
    close() {
      closed = true;
      backend.dispose();
      gpuDevice.destroy();
    },
  });

  return {
    ...engine,
    gpu: description,
    gpuDevice,
    deviceMemory: () => backend.bufferManager.numBytesAllocated,
    upload(data, shape) {
      demandRoom(data.byteLength, description.largestTensor);
      const tensor = engine.upload(data, shape);
      // At once: what is written before a call must not become a part of what the call tells the device.
      runner.bufferOf(tensor);
      return tensor;
    },
    settle: () => reader.settle(),
    flush: () => submit(backend),
    recorder: {
      room(shape) {
        const room = backend.makeTensorInfo([...shape.dims], tfjsType(shape.dtype));
        runner.bufferOf(room);
        return room;
      },
      fill(room, data) {
        submit(backend);
        gpuDevice.queue.writeBuffer(runner.bufferOf(room), 0, data);
      },
      record: (work) => recordOn(backend, work),
      memoryOf: (tensor) => tensor.dataId,
      copy(from, to) {
        const [source, target] = [runner.bufferOf(from), runner.bufferOf(to)];
        backend.ensureCommandEncoderReady();
        backend.endComputePassEncoder();
        backend.commandEncoder?.copyBufferToBuffer(source, 0, target, 0, source.size);
      },
    },
    async read({ dataId }, { dtype }, later) {
      const bytes = await reader.read(dataId, later).catch((error: unknown) => {
        throw new EngineError(name, lost ?? trouble ?? (error instanceof Error ? error.message : String(error)));
      });
      const found = lost ?? trouble;
      // One program is told and dies; a device that is still there computes the next.
      trouble = undefined;
      if (found !== undefined) throw new EngineError(name, found);
      const data: TensorData = dtype === 'int32' ? new Int32Array(bytes) : new Float32Array(bytes);
      return data;
    },
  };
}
