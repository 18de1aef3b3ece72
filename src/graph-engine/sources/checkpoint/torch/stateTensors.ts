import { fail, ok, type Problem, type Result } from '../../../core/diagnostic.ts';
import { pickledAs, type Pickled, type PickledCall, type PickledDict } from './pickled.ts';

/** Storages of torch, and the numbers in them. */
const storageTypes = {
  'torch.FloatStorage': 'float32',
  'torch.DoubleStorage': 'float64',
  'torch.HalfStorage': 'float16',
  'torch.BFloat16Storage': 'bfloat16',
  'torch.LongStorage': 'int64',
  'torch.IntStorage': 'int32',
  'torch.ShortStorage': 'int16',
  'torch.CharStorage': 'int8',
  'torch.ByteStorage': 'uint8',
  'torch.BoolStorage': 'uint8',
} as const;
/** Types that have no storage of their own: their tensors say them. */
const laterTypes = { 'torch.uint16': 'uint16', 'torch.uint32': 'uint32', 'torch.uint64': 'uint64' } as const;

export type TorchType = (typeof storageTypes)[keyof typeof storageTypes] | (typeof laterTypes)[keyof typeof laterTypes];

const bytesOfType: Readonly<Record<TorchType, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
};

/** A piece of numbers that tensors are views of. */
export interface TorchStorage {
  readonly key: string;
  readonly bytes: number;
  /** Of an element of the storage that the key stands for. */
  readonly elementBytes: number;
}

/** A tensor as a view of its storage. Everything in it was checked against the size that the storage is said to have. */
export interface TorchTensor {
  readonly storage: TorchStorage;
  readonly type: TorchType;
  /** From the beginning of the storage, in bytes. */
  readonly start: number;
  readonly dims: readonly number[];
  /** In elements. */
  readonly strides: readonly number[];
}

/** Under which names checkpoints of trainings keep the weights, the first that is there. */
const wrappers = [
  'state_dict',
  'model_state_dict',
  'model',
  'module',
  'network',
  'net',
  'params',
  'weights',
  'model_ema',
];
const DEEPEST = 6;
/** What is looked at, since the same dictionary may stand in many places. */
const MOST_ENTRIES = 500_000;
/** A view may repeat the numbers of its storage, but not so that a small file fills the memory. */
const MOST_REPEATED = 2 ** 20;

/** The tensors of a state dictionary by name, wherever in the checkpoint it lies. */
export function stateTensors(root: Pickled): Result<ReadonlyMap<string, TorchTensor>> {
  const dict = pickledAs(root, 'dict');
  if (dict === undefined) {
    return fail({
      code: 'weights/no-state-dictionary',
      message: `It holds ${inWords(root)}.`,
      expected: 'a dictionary of tensors, as model.state_dict() gives it',
      received: inWords(root),
    });
  }
  const tensors = new Map<string, TorchTensor>();
  const problem = collect(wrapped(dict), '', tensors, { entries: 0, depth: 0 });
  if (problem !== undefined) return fail(problem);
  return ok(tensors);
}

/** The state dictionary that a checkpoint of a training wraps; the dictionary itself where it wraps none. */
function wrapped(dict: PickledDict): PickledDict {
  let inner = dict;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const below = wrappers.flatMap((wrapper) => {
      const found = inner.entries.findLast(([key]) => key === wrapper);
      const within = pickledAs(found?.[1], 'dict');
      return within !== undefined && within.entries.some(([, value]) => callOfTensor(value) ?? pickledAs(value, 'dict'))
        ? [within]
        : [];
    })[0];
    if (below === undefined || inner.entries.some(([, value]) => callOfTensor(value))) return inner;
    inner = below;
  }
  return inner;
}

function collect(
  dict: PickledDict,
  before: string,
  tensors: Map<string, TorchTensor>,
  seen: { entries: number; depth: number },
): Problem | undefined {
  if (seen.depth > DEEPEST) return undefined;
  for (const [key, value] of dict.entries) {
    if (++seen.entries > MOST_ENTRIES) {
      return { code: 'weights/damaged', message: `Its dictionaries have more than ${MOST_ENTRIES} entries.` };
    }
    if (typeof key !== 'string') continue;
    const name = `${before}${key}`;
    const within = pickledAs(value, 'dict');
    const call = callOfTensor(value);
    if (within !== undefined) {
      seen.depth++;
      const problem = collect(within, `${name}.`, tensors, seen);
      seen.depth--;
      if (problem !== undefined) return problem;
    } else if (call !== undefined) {
      const tensor = tensorOf(call);
      if (typeof tensor === 'string') {
        return { code: 'weights/damaged', message: `Tensor "${name}": ${tensor}` };
      }
      tensors.set(name, tensor);
    }
  }
  return undefined;
}

const REBUILT = /^torch\._utils\._rebuild_/;

/** What would make a tensor, or a parameter of one. */
function callOfTensor(value: Pickled | undefined): PickledCall | undefined {
  const call = pickledAs(value, 'call');
  return call !== undefined && (REBUILT.test(call.name) || call.name === 'torch.nn.parameter.Parameter')
    ? call
    : undefined;
}

/** The tensor, or what is wrong with it. */
function tensorOf(call: PickledCall, depth = 0): TorchTensor | string {
  const [first, offset, size, stride] = call.arguments;
  switch (call.name) {
    case 'torch._utils._rebuild_parameter':
    case 'torch._utils._rebuild_parameter_with_state':
    case 'torch.nn.parameter.Parameter': {
      const data = callOfTensor(first);
      return data === undefined || depth > 2 ? 'it is a parameter without a tensor.' : tensorOf(data, depth + 1);
    }
    default: {
      const stored = storageOf(first);
      if (typeof stored === 'string') return stored;
      const type = call.name.endsWith('_v3') ? typeNamed(call.arguments[6]) : stored.type;
      if (type === undefined) return 'its numbers are of a type that is not read here.';
      return viewOf(stored, type, [offset, sizesOf(size), sizesOf(stride)]);
    }
  }
}

function viewOf(
  { storage, start }: StoredNumbers,
  type: TorchType,
  [offset, dims, strides]: readonly [Pickled | undefined, readonly number[] | undefined, readonly number[] | undefined],
): TorchTensor | string {
  if (!isSize(offset)) return 'its offset is no number.';
  if (dims === undefined || strides === undefined || dims.length !== strides.length)
    return 'its sizes and strides do not fit each other.';
  const bytes = bytesOfType[type];
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const last = dims.reduce((sum, dim, axis) => sum + (dim - 1) * (strides[axis] ?? 0), offset);
  const room = storage.bytes / bytes - start / bytes;
  if (elements > 0 && !(last < room)) {
    return `it reaches to element ${last} of a storage of ${Math.floor(room)}.`;
  }
  if (elements > Math.max(storage.bytes / bytes, MOST_REPEATED)) {
    return `it repeats a storage of ${storage.bytes} bytes to ${elements} numbers.`;
  }
  return { storage, type, start: start + offset * bytes, dims, strides };
}

export interface StoredNumbers {
  readonly storage: TorchStorage;
  /** Where a view of a storage begins, in bytes; files before torch 1.6 know such. */
  readonly start: number;
  /** Absent where the tensor says it. */
  readonly type: TorchType | undefined;
}

/** A storage as its tensors speak of it: ('storage', type, key, device, elements), and in old files the view. */
export function storageOf(value: Pickled | undefined): StoredNumbers | string {
  const { items = [] } = pickledAs(pickledAs(value, 'outside')?.id, 'tuple') ?? {};
  const [word, type, key, , elements, view] = items;
  const name = pickledAs(type, 'name')?.name ?? '';
  if (word !== 'storage' || typeof key !== 'string' || !isSize(elements)) return 'it has no storage.';
  const isUntyped = name === 'torch.UntypedStorage' || name === 'torch.storage.UntypedStorage';
  const typed = Object.hasOwn(storageTypes, name) ? storageTypes[name as keyof typeof storageTypes] : undefined;
  if (typed === undefined && !isUntyped) return `its storage is of the type ${name || inWords(type ?? null)}.`;
  const elementBytes = typed === undefined ? 1 : bytesOfType[typed];
  const storage = { key, bytes: elements * elementBytes, elementBytes };
  const [, from] = pickledAs(view ?? null, 'tuple')?.items ?? [];
  if (from !== undefined && !isSize(from)) return 'its storage is a view that begins nowhere.';
  return { storage, start: (from ?? 0) * elementBytes, type: typed };
}

function typeNamed(value: Pickled | undefined): TorchType | undefined {
  const name = pickledAs(value, 'name')?.name ?? '';
  return Object.hasOwn(laterTypes, name) ? laterTypes[name as keyof typeof laterTypes] : undefined;
}

/** Sizes in a tuple, or in torch's own kind of it. */
function sizesOf(value: Pickled | undefined): readonly number[] | undefined {
  const call = pickledAs(value, 'call');
  const tuple = pickledAs(call?.name === 'torch.Size' ? call.arguments[0] : value, 'tuple');
  return tuple?.items.every(isSize) === true ? tuple.items.filter(isSize) : undefined;
}

function isSize(value: Pickled | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function inWords(value: Pickled): string {
  if (value === null) return 'nothing';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (value instanceof Uint8Array) return 'bytes';
  if (callOfTensor(value) !== undefined) return 'a single tensor';
  return `a ${value.kind === 'call' ? value.name : value.kind}`;
}
