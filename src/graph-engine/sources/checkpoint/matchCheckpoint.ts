import type { Variable } from '../../program/program.ts';
import { permutedDims } from '../../targets/onnx/permuteAxes.ts';
import type { StateEntry } from '../../targets/python/networkClasses.ts';
import { checkpointFamilies, checkpointPrefixes, idleTensors } from './checkpointFamilies.ts';
import { matchInOrder } from './matchInOrder.ts';
import { nameInFamily } from './nameInFamily.ts';

/** A weight of the network, and how PyTorch would lay it out. */
export interface WantedWeight {
  /** Such as `stage1[0].conv1.kernel`. */
  readonly variable: string;
  readonly dims: readonly number[];
  /** Path of the node, such as `stage1[0].conv1`. */
  readonly node: string;
  /** Below a module of PyTorch: `weight`, or `query.weight`. */
  readonly parameter: string;
  /** In the state dictionary of the network's own source for PyTorch. */
  readonly pytorchName: string;
  readonly permutation: readonly number[] | undefined;
  /** Sizes in PyTorch. */
  readonly pytorchDims: readonly number[];
}

/** Where the values of a weight lie. */
export interface TensorPlace {
  readonly tensor: string;
  /** Which of how many equal parts of the tensor, along the axis of what comes out. */
  readonly part: number;
  readonly of: number;
  /** Whether parts lie beside each other, along the last axis, rather than along the first. */
  readonly inputFirst: boolean;
  /** As `numpy.transpose`, from the tensor to the weight; none where they are laid out alike. */
  readonly permutation: readonly number[] | undefined;
}

/** One row of the mapping table. */
export type MatchedWeight =
  | { readonly kind: 'matched'; readonly weight: WantedWeight; readonly place: TensorPlace }
  /** There is a tensor of the name, but of other sizes. */
  | {
      readonly kind: 'size';
      readonly weight: WantedWeight;
      readonly tensor: string;
      readonly expected: readonly number[];
      readonly received: readonly number[];
    }
  | { readonly kind: 'missing'; readonly weight: WantedWeight };

export interface CheckpointMatch {
  /** Whose names the checkpoint has. */
  readonly title: string;
  readonly rows: readonly MatchedWeight[];
  /** Tensors that no weight takes. */
  readonly unused: readonly string[];
}

export type TensorSizes = ReadonlyMap<string, readonly number[]>;

/** A name for a weight, with what is known of how it is stored there. */
export interface NamedPlace {
  readonly tensor: string;
  readonly part?: number | undefined;
  readonly of?: number | undefined;
  readonly inputFirst?: boolean | undefined;
  /** Whether it is laid out as ours. */
  readonly own?: boolean;
}

/** The weights and statistics of a network as they are looked for in checkpoints. */
export function wantedWeights(
  variables: readonly Pick<Variable, 'name' | 'dims' | 'role'>[],
  state: ReadonlyMap<string, StateEntry>,
): readonly WantedWeight[] {
  return variables.flatMap(({ name, dims, role }) => {
    const entry = state.get(name);
    if (role === 'slot' || entry === undefined) return [];
    const { parameter, permutation, dims: theirs } = entry.weight;
    return [
      {
        variable: name,
        dims,
        node: name.slice(0, name.lastIndexOf('.')),
        parameter,
        pytorchName: entry.name,
        permutation,
        pytorchDims: theirs ?? (permutation === undefined ? dims : permutedDims(dims, permutation)),
      },
    ];
  });
}

/**
 * Finds the weights of a network in a checkpoint by the names that are known: Skipwire's own, those of the network's source
 * for PyTorch, those of torchvision, timm and transformers, or, where modules are only numbered, by their order. The names that
 * fit most weights win.
 */
export function matchCheckpoint(wanted: readonly WantedWeight[], tensors: TensorSizes): CheckpointMatch {
  const candidates = [
    candidate('Skipwire', wanted, tensors, ({ variable }) => ({ tensor: variable, own: true })),
    ...checkpointPrefixes.flatMap((prefix) => {
      const below = new Map(
        [...tensors]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, dims]) => [name.slice(prefix.length), dims]),
      );
      if (below.size === 0) return [];
      const behind = (find: (weight: WantedWeight) => NamedPlace | undefined) => (weight: WantedWeight) => {
        const found = find(weight);
        return found === undefined ? undefined : { ...found, tensor: `${prefix}${found.tensor}` };
      };
      const order = matchInOrder(wanted, below);
      return [
        candidate(
          "the network's own source for PyTorch",
          wanted,
          tensors,
          behind(({ pytorchName }) => ({ tensor: pytorchName })),
        ),
        ...checkpointFamilies.map((family) =>
          candidate(family.title, wanted, tensors, behind(nameInFamily(family, wanted, below))),
        ),
        ...(order === undefined
          ? []
          : [
              candidate(
                'modules by their order',
                wanted,
                tensors,
                behind(({ variable }) => order.get(variable)),
              ),
            ]),
      ];
    }),
  ];
  const score = ({ rows }: CheckpointMatch): number => rows.filter(({ kind }) => kind === 'matched').length;
  const [first, ...others] = candidates;
  if (first === undefined) throw new Error('There are always names to try');
  return others.reduce((best, next) => (score(next) > score(best) ? next : best), first);
}

function candidate(
  title: string,
  wanted: readonly WantedWeight[],
  tensors: TensorSizes,
  find: (weight: WantedWeight) => NamedPlace | undefined,
): CheckpointMatch {
  const rows = wanted.map((weight): MatchedWeight => {
    const named = find(weight);
    const received = named === undefined ? undefined : tensors.get(named.tensor);
    return named === undefined || received === undefined ? { kind: 'missing', weight } : rowOf(weight, named, received);
  });
  const used = new Set(
    rows.flatMap((row) => (row.kind === 'matched' ? [row.place.tensor] : row.kind === 'size' ? [row.tensor] : [])),
  );
  const unused = [...tensors.keys()].filter((name) => !used.has(name) && !idleTensors.test(name));
  return { title, rows, unused };
}

function rowOf(
  weight: WantedWeight,
  { tensor, part = 0, of = 1, inputFirst, own }: NamedPlace,
  received: readonly number[],
): MatchedWeight {
  const asOurs = own === true || (inputFirst === true && weight.dims.length === 2);
  const dims = asOurs ? weight.dims : weight.pytorchDims;
  const outputs = asOurs && of > 1 ? dims.length - 1 : 0;
  const expected = dims.map((size, axis) => (axis === outputs ? size * of : size));
  if (!isSame(expected, received)) return { kind: 'size', weight, tensor, expected, received };
  const permutation = asOurs || weight.permutation === undefined ? undefined : inverted(weight.permutation);
  return { kind: 'matched', weight, place: { tensor, part, of, inputFirst: outputs > 0, permutation } };
}

/** Axes of one position do not count, and behind the first several may stand for one, as in a convolution that is a matrix product. */
function isSame(expected: readonly number[], received: readonly number[]): boolean {
  const plain = (dims: readonly number[]): readonly number[] => dims.filter((size) => size !== 1);
  const [ours, theirs] = [plain(expected), plain(received)];
  if (ours.join() === theirs.join()) return true;
  const product = (dims: readonly number[]): number => dims.reduce((all, size) => all * size, 1);
  return ours.length === 2 && theirs[0] === ours[0] && product(theirs) === product(ours);
}

function inverted(permutation: readonly number[]): readonly number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}
