import { availableParallelism } from 'node:os';
import type { Program } from '../../graph-engine/program/program.ts';
import { isOwnKernels, type TensorflowAbilities } from '../../graph-engine/targets/tensorflow/emitContext.ts';
import { emitTensorflowGraph } from '../../graph-engine/targets/tensorflow/emitTensorflowGraph.ts';
import { loadKernels, type KernelFamily } from '../engines/loadKernels.ts';
import { loadTfjsNode } from '../engines/loadTfjsNode.ts';
import type { EngineDevice, EngineVariant } from '../../contract/engines.ts';
import { locateTensorflowEngine } from '../engines/locateTensorflowEngine.ts';
import { findNvidiaDevices } from '../engines/nvidiaDevices.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { canGroupConvolutions, usesGroups } from './canGroupConvolutions.ts';
import { collectGarbage } from './collectGarbage.ts';
import type { Executor } from './compiledProgram.ts';
import { convolvesMostly } from './convolvesMostly.ts';
import { createExecutor } from './createExecutor.ts';
import { createTensorflowProgram } from './tensorflowProgram.ts';
import { openSession } from './tensorflowSession.ts';

/** Bytes of weights that are worth a collection. */
const LARGE = 16e6;
/** Of the memory of a graphics processor: the rest is for weights and activations. */
const SHARE_FOR_DATA = 0.25;

export interface TensorflowOptions {
  /** `cuda` computes on a graphics processor of NVIDIA or not at all; the processor when left out. */
  readonly variant?: EngineVariant;
  /** The families of our own kernels that may be used; all when left out. */
  readonly ownKernels?: readonly KernelFamily[];
}

/**
 * Loads TensorFlow into this process. Threads come from `TF_NUM_INTRAOP_THREADS` and `TF_NUM_INTEROP_THREADS`, which must be
 * set before. Throws a `HostFailure` when the engine is not installed or cannot be loaded.
 */
export async function openTensorflowExecutor({
  variant = 'cpu',
  ownKernels: wanted,
}: TensorflowOptions = {}): Promise<Executor> {
  const located = await locateTensorflowEngine({ variant });
  if (!located.ok) throw new HostFailure(located.problem);
  const tf = load(located.value.addonPath);
  // They compute on processors only.
  const loaded = variant === 'cpu' ? [...loadKernels(located.value.addonPath)] : [];
  const families = loaded.filter((family) => wanted === undefined || wanted.includes(family));
  const ownKernels = new Set(families.filter(isOwnKernels));
  const name = `TensorFlow ${located.value.version}`;
  const device = variant === 'cuda' ? await graphicsDevice(tf) : undefined;
  let grouped: Promise<boolean> | undefined;
  // Found out once, and only for a program that has a use for it.
  const abilitiesFor = async (program: Program): Promise<TensorflowAbilities> => ({
    ownKernels,
    groupedConvolutions: usesGroups(program) && (await (grouped ??= canGroupConvolutions(tf))),
  });
  return createExecutor({
    name,
    threads: Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism(),
    ...(device !== undefined && { device, roomForData: SHARE_FOR_DATA * (device.memory ?? 0) }),
    async open(program) {
      const graph = emitTensorflowGraph(program, await abilitiesFor(program));
      const inCallersThread = families.includes('threads') && convolvesMostly(program);
      return createTensorflowProgram(
        name,
        program,
        graph,
        await openSession(tf, graph.savedModel, { inCallersThread }),
      );
    },
    onStarted(bytes) {
      // V8 is in no hurry to let go of arrays, which weights may make hundreds of megabytes of, and training is about to need room.
      if (bytes > LARGE) collectGarbage();
    },
  });
}

/** The graphics processor that TensorFlow computes on. Throws a `HostFailure` when it has found none and would do without. */
async function graphicsDevice(tf: ReturnType<typeof loadTfjsNode>): Promise<EngineDevice> {
  const backend = tf.backend() as unknown as { readonly isUsingGpuDevice?: boolean };
  const devices = await findNvidiaDevices();
  const wanted = process.env['CUDA_VISIBLE_DEVICES']?.split(',')[0];
  const found = devices.find(({ index }) => index === wanted) ?? devices[0];
  if (backend.isUsingGpuDevice === true && found !== undefined) {
    const { index: _index, ...device } = found;
    return device;
  }
  throw new HostFailure({
    code: 'engine/gpu-not-used',
    message: `TensorFlow was loaded and does not use the graphics processor${found === undefined ? '' : ` ${found.name}`}.`,
    remedy:
      'A library of CUDA may be missing: npx skipwire engine uninstall cuda, then npx skipwire engine install cuda. CUDA_VISIBLE_DEVICES must name a processor that is there.',
  });
}

function load(addonPath: string): ReturnType<typeof loadTfjsNode> {
  try {
    return loadTfjsNode(addonPath);
  } catch (error) {
    throw new HostFailure({
      code: 'engine/cannot-load',
      message: 'The TensorFlow engine is installed but cannot be loaded.',
      received: error instanceof Error ? error.message : String(error),
      remedy: 'Run npx skipwire doctor; npx skipwire engine install --force installs it anew.',
    });
  }
}
