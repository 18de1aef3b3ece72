import { countMacs } from '../../graph-engine/program/countMacs.ts';
import { hasBatch, resolveDims } from '../../graph-engine/program/dims.ts';
import { createInterpreter, type Interpreter } from '../../graph-engine/program/interpreter/createInterpreter.ts';
import { isNarrow } from '../../graph-engine/program/narrowFloat.ts';
import { slotName } from '../../graph-engine/program/optimizers/slot.ts';
import { primitiveNamed } from '../../graph-engine/program/primitives/index.ts';
import type { Entry, EntryInput, Program } from '../../graph-engine/program/program.ts';
import { SAMPLE_NUMBERS } from '../../graph-engine/program/residentTables.ts';
import { normal } from '../../graph-engine/random/distributions.ts';
import { createWordStream } from '../../graph-engine/random/philox.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { CompiledProgram, GivenTables, NamedTensors, TensorData } from './compiledProgram.ts';

/** Enough for batch statistics to be tame. */
const BATCH = 4;
/** Steps of training that are compared: the second sees what the first has written. */
const STEPS = 2;
/** About 300 ms of the interpreter. */
const AFFORDABLE_MACS = 100e6;
const LEARNING_RATE = 0.01;
/** Share of the expected change or value; float32 arithmetic in another order stays far below. */
const TOLERANCE = 0.02;
/** Where training computes in a narrow float: a sum in another order may round the other way, which is a bit of eight. */
const NARROW_TOLERANCE = 0.1;
/** Of the stream of numbers, apart from those of training. */
const DOMAIN = 4;

/**
 * Trains the program for two steps on a tiny made-up batch, and compares losses and variables with the interpreter where that is
 * affordable; a larger program only has to move. Then the variables are as before. Catches what would fail silently: variables
 * that share a name, updates that never run, kernels that are wrong on this machine. Where samples come from tables, the
 * interpreter is fed with the same samples. Throws a `HostFailure`.
 */
export async function selfCheck(
  compiled: CompiledProgram,
  initial: Readonly<Record<string, TensorData>>,
  seed: number,
  tables?: GivenTables,
): Promise<void> {
  const entries = Object.values(compiled.program.entries).filter(hasEffects);
  const macs = entries.reduce((total, entry) => total + STEPS * countMacs(entry, BATCH), 0);
  for (const entry of entries) {
    // What has no batch is arithmetic on variables alone: right or wrong in a small program too.
    if (macs > AFFORDABLE_MACS && (!takesBatch(entry) || (await moves(compiled, entry, initial)))) continue;
    // A rounding error may tip an argmax or a ReLU over: only what fails on other numbers too is wrong.
    const first = await compare(compiled, entry, initial, seed, 1, tables);
    const second = first === undefined ? undefined : await compare(compiled, entry, initial, seed, 2, tables);
    if (second !== undefined) throw disagreement(second);
  }
}

function toleranceOf(entry: Entry): number {
  const narrow = entry.instructions.some(({ outputs }) => outputs.some(({ dtype }) => isNarrow(dtype)));
  return narrow ? NARROW_TOLERANCE : TOLERANCE;
}

function hasEffects(entry: Entry): boolean {
  return entry.instructions.some(({ primitive }) => primitiveNamed(primitive).effect === true);
}

function takesBatch({ inputs }: Entry): boolean {
  return inputs.some(({ value }) => hasBatch(value.dims));
}

/** Whether the second step gives other outputs than the first, or variables have changed. */
async function moves(compiled: CompiledProgram, entry: Entry, initial: NamedTensors): Promise<boolean> {
  const feeds = feedsOf(entry, 1);
  const first = await compiled.run(entry.name, feeds);
  const second = await compiled.run(entry.name, feeds);
  const moved = Object.keys(first).some((name) => !sameData(first[name], second[name]));
  // Where gradients are only gathered, no output tells of it.
  const changed = written(entry).at(-1) ?? '';
  const values = moved ? {} : await compiled.readVariables([changed]);
  await restore(compiled, entry, initial);
  return moved || !sameData(values[changed], initial[changed]);
}

function sameData(a: TensorData | undefined, b: TensorData | undefined): boolean {
  return a !== undefined && b !== undefined && a.every((value, i) => Object.is(value, b[i]));
}

/** What the engine and the interpreter disagree about, or nothing. */
async function compare(
  compiled: CompiledProgram,
  entry: Entry,
  initial: NamedTensors,
  seed: number,
  stream: number,
  tables: GivenTables | undefined,
): Promise<string | undefined> {
  const feeds = feedsOf(entry, stream);
  const reference = tables?.fed.entries[entry.name] ?? entry;
  const variables = tables?.fed.variables ?? compiled.program.variables;
  const interpreter = createInterpreter({ variables, entries: { [entry.name]: reference } }, { seed });
  const tolerance = toleranceOf(entry);
  const fed: NamedTensors = { ...feeds, ...samplesIn(tables, feeds[SAMPLE_NUMBERS]) };
  const tensors = Object.fromEntries(
    reference.inputs.map(({ name, value }) => [name, { dims: resolveDims(value.dims, BATCH), data: fed[name] ?? [] }]),
  ) as Parameters<Interpreter['run']>[1];
  let different: string | undefined;
  for (let step = 1; step <= STEPS && different === undefined; step++) {
    const found = await compiled.run(entry.name, feeds);
    const expected = interpreter.run(entry.name, tensors);
    for (const name of Object.keys(found)) {
      const [a, b] = [found[name] ?? [], expected[name]?.data ?? []];
      if (distance(a, b) > tolerance * Math.max(norm(b), 1)) {
        different ??= `"${name}" of step ${step}: ${firstOf(a)} for ${firstOf(b)}`;
      }
    }
    // Only after the first step: from then on Adam's full steps along rounding errors, such as the gradient of a bias before a
    // batch normalization, are in the running means.
    if (step === 1) different ??= await compareVariables(compiled, entry, initial, interpreter);
  }
  await restore(compiled, entry, initial);
  return different;
}

/** The samples that numbers stand for, by their feeds. */
function samplesIn(given: GivenTables | undefined, numbers: TensorData | undefined): NamedTensors {
  if (given === undefined || numbers === undefined) return {};
  return Object.fromEntries(
    given.tables.map(({ feed, samples, data }) => {
      const size = data.length / samples;
      const rows =
        data instanceof Int32Array ? new Int32Array(numbers.length * size) : new Float32Array(numbers.length * size);
      numbers.forEach((sample, row) => rows.set(data.subarray(sample * size, (sample + 1) * size), row * size));
      return [feed, rows];
    }),
  );
}

/** Which variable the first step changed otherwise than the interpreter did, or nothing. */
async function compareVariables(
  compiled: CompiledProgram,
  entry: Entry,
  initial: NamedTensors,
  interpreter: Interpreter,
): Promise<string | undefined> {
  const names = comparable(compiled.program, entry);
  const values = await compiled.readVariables(names);
  const changes = names.map((name) => {
    const [before, found, expected] = [initial[name] ?? [], values[name] ?? [], interpreter.read(name)];
    return { name, error: distance(found, expected), change: distance(expected, before), size: norm(expected) };
  });
  // Gradients that should be zero are rounding errors of the others.
  const largest = Math.max(0, ...changes.map(({ change }) => change));
  for (const { name, error, change, size } of changes) {
    if (error > toleranceOf(entry) * (change + 0.01 * largest) + 1e-5 * size) {
      return `"${name}" is off by ${error.toPrecision(3)} after a step that changes it by ${change.toPrecision(3)}`;
    }
  }
  return undefined;
}

/** The variables an entry writes, each once. */
function written(entry: Entry): readonly string[] {
  const names = entry.instructions.flatMap(({ primitive, attributes }) =>
    primitiveNamed(primitive).effect === true
      ? [attributes['name'], attributes['slot'], attributes['first'], attributes['second']]
      : [],
  );
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}

/** What divides gradients by their own size makes full steps of rounding errors, so of it only the slots can be compared. */
function comparable(program: Program, entry: Entry): readonly string[] {
  const changed = new Set(written(entry));
  const isScaled = (name: string): boolean =>
    ['second', 'square', 'mean'].some((slot) => changed.has(slotName(slot, name)));
  const known = new Set(program.variables.map(({ name }) => name));
  return [...changed].filter((name) => known.has(name) && !isScaled(name));
}

async function restore(compiled: CompiledProgram, entry: Entry, initial: NamedTensors): Promise<void> {
  const values: Record<string, TensorData> = {};
  for (const name of written(entry)) {
    const value = initial[name];
    if (value === undefined) throw new Error(`${entry.name} writes ${name}, which is no variable of the program`);
    values[name] = value;
  }
  await compiled.writeVariables(values);
}

/** Made-up numbers of the right shapes. */
function feedsOf(entry: Entry, stream: number): Record<string, TensorData> {
  return Object.fromEntries(entry.inputs.map((input, i) => [input.name, feedOf(entry, input, stream, i)]));
}

function feedOf(entry: Entry, { value }: EntryInput, stream: number, index: number): TensorData {
  const length = resolveDims(value.dims, BATCH).reduce((product, dim) => product * dim, 1);
  if (value.dtype === 'int32') {
    const choices = choicesOf(entry, value.id);
    return Int32Array.from({ length }, (_, i) => (i * 7 + stream) % choices);
  }
  // A float without a batch is the learning rate.
  if (value.dims.length === 0) return Float32Array.of(LEARNING_RATE);
  const data = new Float32Array(length);
  normal(createWordStream([stream, index], 0, DOMAIN), 1, data);
  return data;
}

/** Primitives that only move the integers they take. */
const MOVERS: ReadonlySet<string> = new Set(['reshape', 'transpose', 'slice', 'stridedSlice', 'concat', 'broadcastTo']);

/** How many classes or rows the integers of a value may name: those of everything that takes it. */
function choicesOf(entry: Entry, id: number): number {
  return fewestChoices(entry, new Set([id])) ?? 2;
}

function fewestChoices(entry: Entry, moved: Set<number>): number | undefined {
  let fewest: number | undefined;
  for (const { primitive, inputs, outputs, attributes } of entry.instructions) {
    const [first, second] = inputs;
    if (MOVERS.has(primitive) && inputs.some(({ id }) => moved.has(id))) for (const { id } of outputs) moved.add(id);
    if (first === undefined || second === undefined || !moved.has(second.id)) continue;
    const choices =
      primitive === 'sparseSoftmaxCrossEntropy'
        ? first.dims[1]
        : primitive === 'gather'
          ? first.dims[Number(attributes['axis'])]
          : undefined;
    if (choices !== undefined) fewest = Math.min(fewest ?? choices, choices);
  }
  return fewest;
}

function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}

/** Euclidean; where both are not finite they agree. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    if (Number.isFinite(x) !== Number.isFinite(y)) return Number.POSITIVE_INFINITY;
    if (Number.isFinite(x)) sum += (x - y) ** 2;
  }
  return Math.sqrt(sum);
}

function firstOf(values: ArrayLike<number>): string {
  return `${values[0] ?? 'nothing'}${values.length > 1 ? ', ...' : ''}`;
}

function disagreement(received: string): HostFailure {
  return new HostFailure({
    code: 'engine/self-check-failed',
    message: 'The engine computes something else than the reference for this network, so nothing was trained.',
    received,
    remedy: 'Run npx skipwire doctor. If it finds nothing, please report this with the document.',
  });
}
