import {
  elementwiseSteps,
  type ElementwiseName,
  type ElementwiseStep,
} from '../../../../graph-engine/program/primitives/elementwise.ts';
import { binaryOperations, unaryOperations, type Pointer, type SimdFunctions } from '../simd/functions.ts';
import { sizeOf } from '../wasmMemory.ts';
import { spread } from './arithmetic.ts';
import type { WasmKernels, WasmTools } from './wasmTools.ts';

/** Elements that go through all steps together: the values in between, 16 kB each, stay in the processor's caches. */
const TILE = 4096;
const FLOAT = 4;

/** A step of a chain with the room of the tile that it writes; the last one writes the result. */
interface PlacedStep extends ElementwiseStep {
  /** `undefined` for the last step. */
  readonly room: number | undefined;
}

interface PlacedSteps {
  readonly steps: readonly PlacedStep[];
  readonly rooms: number;
}

/** An operand in memory; a stride of 0 takes the same element again and again. */
interface Operand {
  readonly pointer: Pointer;
  readonly stride: 0 | 1;
}

/** Fused chains, in tiles: of what lies between the steps no more than that is ever in memory. */
export function fusionKernels(tools: WasmTools) {
  const { memory, simd } = tools;
  const placed = new Map<string, PlacedSteps>();
  return {
    fusedElementwise({ inputs, attributes: { steps: text }, outputShapes: [shape] }) {
      const count = sizeOf(shape.dims);
      const known = placed.get(text) ?? place(elementwiseSteps(text), inputs.length);
      placed.set(text, known);
      const { steps, rooms } = known;
      // Whole or of one element: what else is broadcast is spread before.
      const operands = inputs.map((input) =>
        [1, count].includes(sizeOf(input.shape)) ? input : spread(tools, input, shape),
      );
      const result = memory.make(shape);
      const scratch = memory.scratch(rooms * TILE * FLOAT);
      const given = operands.map((operand) => ({
        pointer: memory.at(operand),
        stride: sizeOf(operand.shape) === count ? 1 : 0,
      })) satisfies readonly Operand[];
      const target = memory.at(result);
      for (let start = 0; start < count; start += TILE) {
        const length = Math.min(TILE, count - start);
        const values: Operand[] = given.map(({ pointer, stride }) => ({
          pointer: pointer + stride * start * FLOAT,
          stride,
        }));
        for (const { primitive, operands: taken, room } of steps) {
          const y = room === undefined ? target + start * FLOAT : scratch + room * TILE * FLOAT;
          take(simd, primitive, taken.map(operandIn(values)), y, length);
          values.push({ pointer: y, stride: 1 });
        }
      }
      return [result];
    },
  } satisfies WasmKernels;
}

/** Gives every step a room that nothing lies in which is still read; a step may not write over what it reads. */
function place(steps: readonly ElementwiseStep[], inputs: number): PlacedSteps {
  const lastUse = new Map<number, number>();
  steps.forEach(({ operands }, at) => operands.forEach((operand) => lastUse.set(operand, at)));
  const holder: number[] = [];
  const found = steps.map((step, at): PlacedStep => {
    if (at === steps.length - 1) return { ...step, room: undefined };
    let room = holder.findIndex((value) => (lastUse.get(value) ?? -1) < at);
    if (room === -1) room = holder.length;
    holder[room] = inputs + at;
    return { ...step, room };
  });
  return { steps: found, rooms: holder.length };
}

function operandIn(values: readonly Operand[]) {
  return (place: number): Operand => {
    const value = values[place];
    if (value === undefined) throw new Error(`There is no operand ${place}`);
    return value;
  };
}

function take(
  simd: SimdFunctions,
  primitive: ElementwiseName,
  [a, b, c]: readonly Operand[],
  y: Pointer,
  length: number,
): void {
  if (a === undefined) throw new Error(`${primitive} has operands`);
  if (primitive in unaryOperations) {
    const operation = unaryOperations[primitive as keyof typeof unaryOperations];
    // Its result has the shape of the chain, and so has what it takes.
    if (a.stride === 0) throw new Error(`${primitive} is wider than its operand`);
    simd.unary(operation, a.pointer, y, length);
    return;
  }
  if (b === undefined) throw new Error(`${primitive} has two operands`);
  if (primitive === 'select') {
    if (c === undefined) throw new Error('select has three operands');
    simd.select(a.pointer, b.pointer, c.pointer, y, length, a.stride, b.stride, c.stride);
    return;
  }
  const operation = binaryOperations[primitive as keyof typeof binaryOperations];
  simd.binary(operation, a.pointer, b.pointer, y, 1, 1, 1, length, 0, 0, 0, a.stride, 0, 0, 0, b.stride);
}
