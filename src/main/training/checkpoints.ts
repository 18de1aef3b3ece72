import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { averageOf } from '../../graph-engine/program/averaging.ts';
import type { Program, Variable } from '../../graph-engine/program/program.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from '../../graph-engine/targets/safetensors/safetensors.ts';
import type { CompiledProgram } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import type { TrainingPosition } from './trainingPosition.ts';

/** How far a run had come when a checkpoint was written. */
export interface Progress {
  readonly step: number;
  /** Epochs passed, with a fraction. */
  readonly epoch: number;
}

/** Writes weights and running statistics, and with `slots` also the optimizer's state, whole or not at all; without, averages where there are any. */
export async function saveCheckpoint(
  file: string,
  program: Program,
  compiled: CompiledProgram,
  progress: Progress,
  { slots, position }: { slots: boolean; position: TrainingPosition },
): Promise<void> {
  const wanted = program.variables.filter(({ role }) => slots || role !== 'slot');
  // Where the running averages are what is measured, they are what is kept and exported.
  const known = new Set(program.variables.map(({ name }) => name));
  const sourceOf = (variable: Variable): string => {
    const { name } = averageOf(variable);
    return !slots && known.has(name) ? name : variable.name;
  };
  const values = await compiled.readVariables(wanted.map(sourceOf));
  const tensors: Record<string, StoredTensor> = {};
  for (const variable of wanted) {
    const { name, dims } = variable;
    const data = values[sourceOf(variable)];
    if (data === undefined) throw new Error(`The engine did not return variable ${name}`);
    tensors[name] = { dims, data };
  }
  const metadata = {
    format: 'skipwire/checkpoint@1',
    step: String(progress.step),
    epoch: String(progress.epoch),
    position: JSON.stringify(position),
  };
  await mkdir(path.dirname(file), { recursive: true });
  await writeAtomically(file, encodeSafetensors({ tensors, metadata }));
}

/** The tensors of a weights file. Throws a `HostFailure` when it is missing or damaged. */
export async function readCheckpoint(file: string): Promise<Readonly<Record<string, StoredTensor>>> {
  const decoded = decodeSafetensors(await readFile(file));
  if (decoded.ok) return decoded.value.tensors;
  throw new HostFailure({
    code: decoded.error.code,
    message: `"${file}": ${decoded.error.message}`,
    remedy: 'Train again, or choose another run.',
  });
}

/**
 * The stored tensors of the program's weights and statistics, by name. Throws a `HostFailure` when the file belongs to
 * another network: a name is missing or a size differs.
 */
export function matchWeights(
  program: Program,
  stored: Readonly<Record<string, StoredTensor>>,
): Record<string, StoredTensor> {
  const matched: Record<string, StoredTensor> = {};
  for (const { name, dims, role } of program.variables) {
    if (role === 'slot') continue;
    const tensor = stored[name];
    if (tensor === undefined || tensor.dims.join() !== dims.join()) {
      throw new HostFailure({
        code: 'weights/other-network',
        message: `The weights belong to another network: "${name}" does not fit.`,
        expected: dims.join('×'),
        received: tensor === undefined ? 'nothing of that name' : tensor.dims.join('×'),
        remedy: 'Train the network as it is drawn now, or export the document that was trained.',
      });
    }
    matched[name] = tensor;
  }
  return matched;
}
