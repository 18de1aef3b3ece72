import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { averageOf } from '../../graph-engine/program/averaging.ts';
import type { Program, Variable } from '../../graph-engine/program/program.ts';
import {
  decodeSafetensors,
  type StoredTensor,
  type StoredTensors,
} from '../../graph-engine/targets/safetensors/safetensors.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { TrainingPosition } from './trainingPosition.ts';

/** Everything a training needs to go on: all variables, the optimizer's among them, and where it stood. */
export interface Checkpoint {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly position: TrainingPosition;
}

/** What a weights file says about itself. The sum tells a file that was damaged later from a good one. */
export function checkpointMetadata({ tensors, position }: Checkpoint): Record<string, string> {
  return {
    format: 'skipwire/checkpoint@1',
    step: String(position.step),
    epoch: String(position.epoch),
    position: JSON.stringify(position),
    crc32: checksum(tensors),
  };
}

/** Where a training stood when the file was written; `undefined` when the file does not say. */
export function positionOf(metadata: Readonly<Record<string, string>>): TrainingPosition | undefined {
  try {
    const parsed = TrainingPosition.safeParse(JSON.parse(metadata['position'] ?? 'null'));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** The tensors of a weights file. Throws a `HostFailure` when it is missing or damaged. */
export async function readCheckpoint(file: string): Promise<Readonly<Record<string, StoredTensor>>> {
  return (await readStored(file)).tensors;
}

/** A weights file with the position to go on from. Throws a `HostFailure` when it is missing, damaged or has none. */
export async function readWholeCheckpoint(file: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readStored(file);
  const position = positionOf(metadata);
  if (position === undefined) throw damaged(file, 'It does not say where the training stood.');
  return { tensors, position };
}

async function readStored(file: string): Promise<StoredTensors> {
  const decoded = decodeSafetensors(await readFile(file));
  if (!decoded.ok) throw damaged(file, decoded.error.message);
  const { tensors, metadata } = decoded.value;
  if (metadata['crc32'] !== undefined && metadata['crc32'] !== checksum(tensors)) {
    throw damaged(file, 'Its content has changed since it was written.');
  }
  return decoded.value;
}

function checksum(tensors: Readonly<Record<string, StoredTensor>>): string {
  return Object.values(tensors)
    .reduce((sum, { data }) => crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), sum), 0)
    .toString(16);
}

function damaged(file: string, what: string): HostFailure {
  return new HostFailure({
    code: 'weights/damaged',
    message: `"${file}": ${what}`,
    remedy: 'Train again, or choose another run.',
  });
}

/** A tensor, or the place of one. */
type Sized = Pick<StoredTensor, 'dims'>;

/**
 * The stored tensors to measure and predict with, by the names of the program's weights and statistics: running averages,
 * where the training kept any. Throws a `HostFailure` when the file belongs to another network: a name is missing or a size
 * differs.
 */
export function matchWeights<Stored extends Sized>(
  program: Program,
  stored: Readonly<Record<string, Stored>>,
): Record<string, Stored> {
  return matchNames(program, stored, (variable) => {
    const { name } = averageOf(variable);
    return stored[name] === undefined ? variable.name : name;
  });
}

/**
 * The stored tensors to go on training with: weights and statistics, which must be there as in `matchWeights`, and of the
 * optimizer's own variables those that fit. Those of another optimizer are left out, and its slots then start anew.
 */
export function matchVariables(
  program: Program,
  stored: Readonly<Record<string, StoredTensor>>,
): Record<string, StoredTensor> {
  const slots = program.variables.flatMap((variable) => {
    const tensor = stored[variable.name];
    return variable.role === 'slot' && tensor !== undefined && fits(tensor, variable)
      ? [[variable.name, tensor] as const]
      : [];
  });
  return { ...matchNames(program, stored, ({ name }) => name), ...Object.fromEntries(slots) };
}

function matchNames<Stored extends Sized>(
  program: Program,
  stored: Readonly<Record<string, Stored>>,
  sourceOf: (variable: Variable) => string,
): Record<string, Stored> {
  const matched: Record<string, Stored> = {};
  for (const variable of program.variables) {
    const { name, dims, role } = variable;
    if (role === 'slot') continue;
    const tensor = stored[sourceOf(variable)];
    if (tensor === undefined || !fits(tensor, variable)) {
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

function fits(tensor: Sized, { dims }: Variable): boolean {
  return tensor.dims.join() === dims.join();
}
