import { resolveDims } from '../../../graph-engine/program/dims.ts';
import { isNarrow } from '../../../graph-engine/program/narrowFloat.ts';
import type { PrimitiveName } from '../../../graph-engine/program/primitives/index.ts';
import type { Attributes, Program, Value, Variable } from '../../../graph-engine/program/program.ts';
import { batchOf } from '../batchOf.ts';
import type { CompiledProgram, NamedTensors, TensorData } from '../compiledProgram.ts';
import { EngineError } from '../engineError.ts';
import type { ComputedPrimitive, InterpretedEngine, TensorShape } from './interpretedEngine.ts';
import { createRecordedCalls } from './recordedCalls.ts';
import { planEntry, type EntryPlan, type PlannedStep } from './planEntry.ts';

/** A step with the shapes that its values have for one batch size. */
interface ShapedStep extends PlannedStep {
  readonly inputShapes: readonly TensorShape[];
  readonly outputShapes: readonly TensorShape[];
}

/** A kernel whose particular types are forgotten: the instruction was inferred by its own definition, so they fit. */
type AnyKernel<T> = (call: {
  readonly inputs: readonly T[];
  readonly inputShapes: readonly TensorShape[];
  readonly attributes: Attributes;
  readonly outputShapes: readonly TensorShape[];
  readonly variables: { read(name: string): T; write(name: string, tensor: T): void };
}) => readonly T[];

/** The same for those that are computed together. */
type AnyJointKernel<T> = (calls: readonly Parameters<AnyKernel<T>>[0][]) => void;

/** How many batch sizes of one plan are remembered: those of training, of its last batch, and of a look at samples. */
const REMEMBERED_BATCHES = 4;

/** Runs a program on a device, one kernel call for each instruction. Variables have no values before they are written. */
export function createInterpretedProgram<T>(engine: InterpretedEngine<T>, program: Program): CompiledProgram {
  const declared = new Map(program.variables.map((variable) => [variable.name, variable]));
  const memory = new Map<string, T>();
  const constants = new Map<Attributes, T>();
  const plans = new Map<string, EntryPlan>();
  const shaped = new WeakMap<EntryPlan, Map<number, readonly ShapedStep[]>>();
  let state: 'live' | 'failed' | 'disposed' = 'live';

  const variables = {
    read(name: string): T {
      const tensor = memory.get(name);
      if (tensor === undefined) throw new Error(`There is no variable ${name}`);
      return tensor;
    },
    write(name: string, tensor: T): void {
      const before = memory.get(name);
      memory.set(name, tensor);
      if (before === undefined || before === tensor) return;
      if (retired === undefined) engine.dispose(before);
      else retired.push(before);
    },
  };

  /** What variables had before, while that is kept. */
  let retired: T[] | undefined;
  const recorded =
    engine.recorder &&
    createRecordedCalls(engine, engine.recorder, {
      memory,
      shapeOf: variableNamed,
      constants: () => constants.values(),
      retaining(work) {
        const kept: T[] = [];
        retired = kept;
        try {
          work();
        } finally {
          retired = undefined;
        }
        return kept;
      },
    });

  function variableNamed(name: string): Variable {
    const variable = declared.get(name);
    if (variable === undefined) throw new Error(`There is no variable ${name}`);
    return variable;
  }

  function demandLife(): void {
    if (state !== 'live') throw new Error(`This program has ${state === 'failed' ? 'failed' : 'been disposed'}`);
  }

  function planFor(entryName: string, fetches: readonly string[] | undefined): EntryPlan {
    const key = fetches === undefined ? entryName : `${entryName}\n${fetches.join('\n')}`;
    let plan = plans.get(key);
    if (plan === undefined) {
      const entry = program.entries[entryName];
      if (entry === undefined) throw new Error(`There is no entry ${entryName}`);
      plans.set(key, (plan = planEntry(entry, fetches)));
    }
    return plan;
  }

  function stepsFor(plan: EntryPlan, batch: number): readonly ShapedStep[] {
    const known = shaped.get(plan) ?? new Map<number, readonly ShapedStep[]>();
    shaped.set(plan, known);
    let steps = known.get(batch);
    if (steps === undefined) {
      if (known.size >= REMEMBERED_BATCHES) known.clear();
      steps = plan.steps.map((step) => ({
        ...step,
        inputShapes: step.instruction.inputs.map((value) => shapeOf(value, batch)),
        outputShapes: step.instruction.outputs.map((value) => shapeOf(value, batch)),
      }));
      known.set(batch, steps);
    }
    return steps;
  }

  function constantOf({ instruction: { attributes }, outputShapes: [shape] }: ShapedStep): T {
    let tensor = constants.get(attributes);
    if (tensor === undefined) {
      const values = attributes['values'];
      if (!Array.isArray(values) || shape === undefined) throw new Error('A constant has values');
      const data = shape.dtype === 'int32' ? Int32Array.from(values, Number) : Float32Array.from(values, Number);
      constants.set(attributes, (tensor = engine.upload(data, shape)));
    }
    return tensor;
  }

  /** The outputs of one step, as handles that are disposed on their own. */
  function perform(step: ShapedStep, inputs: readonly T[]): readonly T[] {
    const { primitive, outputShapes, instruction } = step;
    const { attributes } = instruction;
    const [input] = inputs;
    const [shape] = outputShapes;
    switch (primitive) {
      case 'constant':
        return shape === undefined ? [] : [engine.share(constantOf(step), shape)];
      case 'readVariable':
      case 'readUpdatedVariable':
        return shape === undefined ? [] : [engine.share(variables.read(String(attributes['name'])), shape)];
      case 'after':
      case 'reshape':
        return shape === undefined || input === undefined ? [] : [engine.share(input, shape)];
      case 'assign': {
        const { name, dims, dtype } = variableNamed(String(attributes['name']));
        if (input !== undefined) variables.write(name, engine.share(input, { dims, dtype }));
        return [];
      }
      default:
        return compute(step, primitive, inputs);
    }
  }

  function callOf({ inputShapes, outputShapes, instruction: { attributes } }: ShapedStep, inputs: readonly T[]) {
    return { inputs, inputShapes, attributes, outputShapes, variables };
  }

  function compute(step: ShapedStep, primitive: ComputedPrimitive, inputs: readonly T[]): readonly T[] {
    const { inputShapes, outputShapes } = step;
    const kernel = engine.kernels[primitive] as unknown as AnyKernel<T>;
    const results = kernel(callOf(step, inputs));
    if (results.length !== outputShapes.length) throw new Error(`the kernel of ${primitive} broke its shape`);
    const rounded =
      outputShapes.some(({ dtype }) => isNarrow(dtype)) &&
      !(choosing.has(primitive) && alike(inputShapes, outputShapes));
    return rounded ? results.map(narrowedTo(outputShapes)) : results;
  }

  function narrowedTo(shapes: readonly TensorShape[]) {
    return (tensor: T, i: number): T => {
      const shape = shapes[i];
      if (shape === undefined || !isNarrow(shape.dtype)) return tensor;
      const rounded = engine.narrow(tensor, shape);
      engine.dispose(tensor);
      return rounded;
    };
  }

  function execute(steps: readonly ShapedStep[], slots: (T | undefined)[]): void {
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (step === undefined) return;
      const joint = engine.together?.[step.primitive as ComputedPrimitive] as unknown as AnyJointKernel<T> | undefined;
      try {
        if (joint === undefined) {
          const outputs = perform(step, inputsOf(step, slots));
          for (const [o, output] of outputs.entries()) slots[step.outputs[o] ?? 0] = output;
        } else {
          const run = neighboursOf(steps, i);
          joint(run.map((one) => callOf(one, inputsOf(one, slots))));
          for (const one of run.slice(0, -1)) release(one, slots);
          i += run.length - 1;
        }
      } catch (error) {
        throw failure(error, step.primitive, step.instruction.origin);
      }
      release(steps[i] ?? step, slots);
    }
  }

  function inputsOf({ inputs, instruction }: ShapedStep, slots: readonly (T | undefined)[]): T[] {
    return inputs.map((slot) => {
      const tensor = slots[slot];
      if (tensor === undefined) throw new Error(`${instruction.origin}: a value is used before it is made`);
      return tensor;
    });
  }

  function release({ released }: ShapedStep, slots: (T | undefined)[]): void {
    for (const slot of released) {
      const tensor = slots[slot];
      slots[slot] = undefined;
      if (tensor !== undefined) engine.dispose(tensor);
    }
  }

  function failure(error: unknown, primitive: PrimitiveName, origin: string): EngineError {
    const detail = error instanceof Error ? error.message : String(error);
    return new EngineError(engine.name, `${primitive}: ${detail}`, origin === '' ? undefined : origin);
  }

  async function call(
    entryName: string,
    feeds: NamedTensors,
    fetches: readonly string[] | undefined,
    later?: 'later',
  ): Promise<Record<string, TensorData>> {
    demandLife();
    const plan = planFor(entryName, fetches);
    const batch = batchOf(plan.entry, feeds);
    const steps = stepsFor(plan, batch);
    const inputs = plan.entry.inputs.flatMap(({ name, value }, i) => {
      const data = feeds[name];
      return data === undefined ? [] : [{ data, slot: plan.feeds[i] ?? 0, shape: shapeOf(value, batch) }];
    });
    const outputShapes = plan.fetches.map(({ value }) => shapeOf(value, batch));
    const slots = new Array<T | undefined>(plan.slotCount).fill(undefined);
    try {
      const planned = {
        plan,
        inputs,
        outputShapes,
        bytes: bytesOf(steps),
        execute: (own: typeof slots) => execute(steps, own),
      };
      let results = inputs.length === plan.feeds.length ? recorded?.play(steps, planned) : undefined;
      if (results === undefined) {
        for (const { data, slot, shape } of inputs) slots[slot] = engine.upload(data, shape);
        execute(steps, slots);
        results = plan.fetches.map(({ name, slot }) => {
          const tensor = slots[slot];
          if (tensor === undefined) throw new Error(`${entryName} did not make ${name}`);
          return tensor;
        });
      }
      const reading = results.map((tensor, i) => engine.read(tensor, outputShapes[i] ?? NO_SHAPE, later));
      engine.flush?.();
      const values = await Promise.all(reading);
      return Object.fromEntries(plan.fetches.map(({ name }, i) => [name, values[i] ?? new Float32Array()]));
    } catch (error) {
      // Variables may be half updated.
      if (state === 'live') state = 'failed';
      throw error instanceof EngineError ? error : new EngineError(engine.name, messageOf(error));
    } finally {
      for (const tensor of slots) if (tensor !== undefined) engine.dispose(tensor);
    }
  }

  return {
    program,
    run: (entryName, feeds, fetches) => call(entryName, feeds, fetches),
    ...(engine.settle !== undefined && {
      queue: {
        run: (entryName: string, feeds: NamedTensors, fetches?: readonly string[]) =>
          call(entryName, feeds, fetches, 'later'),
        settle: () => engine.settle?.(),
      },
    }),
    async readVariables(names = program.variables.map(({ name }) => name)) {
      demandLife();
      const wanted = [...new Set(names)].map(variableNamed);
      const values = await Promise.all(
        wanted.map(
          async ({ name, dims, dtype }) => [name, await engine.read(variables.read(name), { dims, dtype })] as const,
        ),
      );
      return Object.fromEntries(values);
    },
    async writeVariables(values) {
      demandLife();
      const given = Object.entries(values).map(([name, data]) => ({ variable: variableNamed(name), data }));
      for (const { variable, data } of given) demandData(variable, data);
      for (const { variable, data } of given) variables.write(variable.name, engine.upload(data, variable));
    },
    async dispose() {
      if (state === 'disposed') return;
      state = 'disposed';
      // What is still queued was computed, and has its values.
      engine.settle?.();
      recorded?.dispose();
      for (const tensor of [...memory.values(), ...constants.values()]) engine.dispose(tensor);
      memory.clear();
      constants.clear();
    },
  };
}

/** What they give is zero or an element of what they were given, with its sign or the other: of a narrow float where that was. */
const choosing: ReadonlySet<ComputedPrimitive> = new Set<ComputedPrimitive>([
  'transpose',
  'slice',
  'stridedSlice',
  'concat',
  'broadcastTo',
  'negate',
  'maximum',
  'minimum',
  'relu',
  'reluGrad',
  'maxPool',
]);

function alike(inputs: readonly TensorShape[], outputs: readonly TensorShape[]): boolean {
  return [...inputs, ...outputs].every(({ dtype }) => dtype === outputs[0]?.dtype);
}

/** A step with those of the same primitive that follow it. */
function neighboursOf(steps: readonly ShapedStep[], from: number): readonly ShapedStep[] {
  const end = steps.findIndex(({ primitive }, i) => i > from && primitive !== steps[from]?.primitive);
  return steps.slice(from, end < 0 ? steps.length : end);
}

const NO_SHAPE: TensorShape = { dims: [], dtype: 'float32' };

/** Of all values that the steps make. */
function bytesOf(steps: readonly ShapedStep[]): number {
  let elements = 0;
  for (const { outputShapes } of steps) {
    for (const { dims } of outputShapes) elements += dims.reduce((product, dim) => product * dim, 1);
  }
  return 4 * elements;
}

function shapeOf({ dims, dtype }: Value, batch: number): TensorShape {
  return { dims: resolveDims(dims, batch), dtype };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function demandData({ name, dims, dtype }: Variable, data: TensorData): void {
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (data.length !== count || data instanceof Int32Array !== (dtype === 'int32')) {
    throw new Error(`${name} takes ${count} ${dtype} values, got ${data.length} in ${data.constructor.name}`);
  }
}
