import type { Recording } from '../interpreted/interpretedEngine.ts';
import { DISPATCHES_PER_SUBMIT, submit, type OpenedBackend } from './webgpuBackend.ts';

interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly workgroups: readonly [x: number, y: number, z: number];
}

interface Copy {
  readonly from: GPUBuffer;
  readonly fromOffset: number;
  readonly to: GPUBuffer;
  readonly toOffset: number;
  readonly size: number;
}

type Command = Dispatch | Copy;

/**
 * Keeps what the kernels in `work` tell the device, ours and those of the backend, to tell it as often as wanted: a step is the
 * same list of pipelines with their buffers every time, but to make the list takes far longer than to tell it. Nothing happens
 * on the device before it is played. The buffers that were used and let go of stay with the recording.
 */
export function recordOn(backend: OpenedBackend, work: () => void): Recording {
  submit(backend);
  const commands: Command[] = [];
  const uniforms: GPUBuffer[] = [];
  const staging: GPUBuffer[] = [];
  const { submitQueue } = backend;
  backend.commandEncoder = encoderInto(commands);
  // What the backend uses again once it is sent must stay as it is.
  backend.submitQueue = () => {
    backend.dispatchCountInPass = 0;
    uniforms.push(...backend.uniformPendingDisposal.splice(0));
    staging.push(...backend.stagingPendingDisposal.splice(0));
    backend.commandQueueOwnedIds = new WeakSet();
    for (const id of backend.tensorDataPendingDisposal.splice(0)) {
      backend.releaseResource(id);
      backend.tensorMap.delete(id);
    }
  };
  let recorded: ReturnType<typeof backend.bufferManager.keepAcquiredIn>;
  try {
    recorded = backend.bufferManager.keepAcquiredIn(() => {
      work();
      backend.submitQueue();
    });
  } finally {
    backend.commandEncoder = null;
    backend.computePassEncoder = null;
    backend.submitQueue = submitQueue;
  }
  const { kept: own, given } = recorded;
  return {
    bytes: own.reduce((sum, { size }) => sum + size, 0),
    // What was given by the processor is there once.
    again: !given,
    play: () => play(backend, commands),
    dispose() {
      submit(backend);
      for (const buffer of staging.splice(0)) backend.bufferManager.releaseBuffer(buffer, false);
      for (const buffer of uniforms.splice(0)) backend.bufferManager.releaseBuffer(buffer);
      backend.bufferManager.giveBack(own.splice(0));
    },
  };
}

/** What kernels use of an encoder, into a list. */
function encoderInto(commands: Command[]): GPUCommandEncoder {
  let pipeline: GPUComputePipeline | undefined;
  let group: GPUBindGroup | undefined;
  const pass = {
    setPipeline(next: GPUComputePipeline) {
      pipeline = next;
    },
    setBindGroup(_: number, next: GPUBindGroup) {
      group = next;
    },
    dispatchWorkgroups(x: number, y = 1, z = 1) {
      if (pipeline === undefined || group === undefined) throw new Error('A dispatch has a pipeline and buffers');
      commands.push({ pipeline, group, workgroups: [x, y, z] });
    },
    end: () => undefined,
  };
  const encoder = {
    beginComputePass: () => pass,
    copyBufferToBuffer(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, size: number) {
      commands.push({ from, fromOffset, to, toOffset, size });
    },
  };
  return encoder as unknown as GPUCommandEncoder;
}

function play(backend: OpenedBackend, commands: readonly Command[]): void {
  let pass: GPUComputePassEncoder | undefined;
  let pipeline: GPUComputePipeline | undefined;
  let dispatches = 0;
  backend.endComputePassEncoder();
  for (const command of commands) {
    backend.ensureCommandEncoderReady();
    const encoder = backend.commandEncoder;
    if (encoder === null) throw new Error('There is no command encoder');
    if ('from' in command) {
      pass?.end();
      pass = undefined;
      encoder.copyBufferToBuffer(command.from, command.fromOffset, command.to, command.toOffset, command.size);
      continue;
    }
    if (pass === undefined) {
      pass = encoder.beginComputePass();
      pipeline = undefined;
    }
    if (command.pipeline !== pipeline) pass.setPipeline((pipeline = command.pipeline));
    pass.setBindGroup(0, command.group);
    const [x, y, z] = command.workgroups;
    pass.dispatchWorkgroups(x, y, z);
    if (++dispatches % DISPATCHES_PER_SUBMIT === 0) {
      pass.end();
      pass = undefined;
      backend.submitQueue();
    }
  }
  pass?.end();
}
