import { availableParallelism } from 'node:os';
import type { Program } from '../../graph-engine/program/program.ts';
import { initialize } from '../../graph-engine/random/initialize.ts';
import type { TensorflowAbilities } from '../../graph-engine/targets/tensorflow/emitContext.ts';
import { emitTensorflowGraph } from '../../graph-engine/targets/tensorflow/emitTensorflowGraph.ts';
import { loadTfjsNode } from '../engines/loadTfjsNode.ts';
import type { EngineDevice, EngineVariant } from '../../contract/engines.ts';
import { locateTensorflowEngine } from '../engines/locateTensorflowEngine.ts';
import { findNvidiaDevices } from '../engines/nvidiaDevices.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { canGroupConvolutions, usesGroups } from './canGroupConvolutions.ts';
import { collectGarbage } from './collectGarbage.ts';
import type { CompiledProgram, Executor, TensorData } from './compiledProgram.ts';
import { selfCheck } from './selfCheck.ts';
import { createTensorflowProgram } from './tensorflowProgram.ts';
import { openSession } from './tensorflowSession.ts';

/** Bytes of weights that are worth a collection. */
const LARGE = 16e6;

export interface TensorflowOptions {
  /** `cuda` computes on a graphics processor of NVIDIA or not at all; the processor when left out. */
  readonly variant?: EngineVariant;
}

/**
 * Loads TensorFlow into this process. Threads come from `TF_NUM_INTRAOP_THREADS` and `TF_NUM_INTEROP_THREADS`, which must be
 * set before. Throws a `HostFailure` when the engine is not installed or cannot be loaded.
 */
export async function openTensorflowExecutor({ variant = 'cpu' }: TensorflowOptions = {}): Promise<Executor> {
  const located = await locateTensorflowEngine({ variant });
  if (!located.ok) throw new HostFailure(located.problem);
  const tf = load(located.value.addonPath);
  const name = `TensorFlow ${located.value.version}`;
  const device = variant === 'cuda' ? await graphicsDevice(tf) : undefined;
  const programs = new Set<CompiledProgram>();
  let grouped: Promise<boolean> | undefined;
  // Found out once, and only for a program that has a use for it.
  const abilitiesFor = async (program: Program): Promise<TensorflowAbilities> => ({
    groupedConvolutions: usesGroups(program) && (await (grouped ??= canGroupConvolutions(tf))),
  });
  return {
    name,
    threads: Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism(),
    ...(device !== undefined && { device }),
    async compile(program, { seed, selfCheck: wanted = true }) {
      const graph = emitTensorflowGraph(program, await abilitiesFor(program));
      const session = await openSession(tf, graph.savedModel);
      const compiled = createTensorflowProgram(name, program, graph, session);
      programs.add(compiled);
      let values: Record<string, TensorData> = {};
      for (const variable of program.variables) {
        const initial = initialize(variable, seed);
        values[variable.name] = variable.dtype === 'int32' ? Int32Array.from(initial) : initial;
      }
      await compiled.writeVariables(values);
      if (wanted) await selfCheck(compiled, values, seed);
      // V8 is in no hurry to let go of arrays, which weights may make hundreds of megabytes of, and training is about to need room.
      const bytes = Object.values(values).reduce((sum, { byteLength }) => sum + byteLength, 0);
      values = {};
      if (bytes > LARGE) collectGarbage();
      return {
        ...compiled,
        async dispose() {
          programs.delete(compiled);
          await compiled.dispose();
        },
      };
    },
    async dispose() {
      for (const program of programs) await program.dispose();
      programs.clear();
    },
  };
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
