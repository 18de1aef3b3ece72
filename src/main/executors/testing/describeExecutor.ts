import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createInterpreter } from '../../../graph-engine/program/interpreter/createInterpreter.ts';
import { primitives } from '../../../graph-engine/program/primitives/index.ts';
import type { Program } from '../../../graph-engine/program/program.ts';
import { mapInputs } from '../../../graph-engine/testing/lowerVector.ts';
import type { CompiledProgram, Executor, NamedTensors } from '../compiledProgram.ts';
import { primitiveCases, primitiveProgram } from './primitiveCases.ts';
import { vectorCases, vectorProgram } from './vectorCases.ts';

/** Where an executor may differ from double precision: single precision in another order, over the few terms of a case. */
const TOLERANCE = 1e-5;

/**
 * What every executor must compute: each primitive in every setting, and each vector of each op forward and backward, as the
 * interpreter does in double precision (which itself is held against PyTorch and finite differences). `open` is called once.
 */
export function describeExecutor(name: string, open: () => Promise<Executor>, tolerance: number = TOLERANCE): void {
  describe(name, () => {
    let executor: Executor;
    beforeAll(async () => {
      executor = await open();
    }, 120_000);
    afterAll(() => executor.dispose());
    describePrimitives(() => executor, tolerance);
    describeVectors(() => executor, tolerance);
  });
}

/** Runs an entry; a failure kills the program, so that the cases after it get a fresh one. */
function runner(executor: () => Executor, program: Program) {
  let compiled: CompiledProgram | undefined;
  const live = async (): Promise<CompiledProgram> =>
    (compiled ??= await executor().compile(program, { seed: 11, selfCheck: false }));
  return {
    live,
    async run(entry: string, feeds: NamedTensors): Promise<NamedTensors> {
      try {
        return await (await live()).run(entry, feeds);
      } catch (error) {
        compiled = undefined;
        throw error;
      }
    },
  };
}

function describePrimitives(executor: () => Executor, tolerance: number): void {
  const { live, run } = runner(executor, primitiveProgram);
  const interpreter = createInterpreter(primitiveProgram, { seed: 11, precision: 'float64' });

  test.each(Object.keys(primitiveCases))('%s', async (title) => {
    const one = primitiveCases[title];
    if (one === undefined) throw new Error(`There is no case ${title}`);
    const { entry, feeds } = one;
    const fed = Object.fromEntries(Object.entries(feeds).map(([feed, { data }]) => [feed, data]));
    const draws = entry.instructions.some(({ primitive }) => primitive === 'randomUniform');
    const effects = entry.instructions.some(({ outputs }) => outputs.length === 0);
    for (let round = 0; round < (effects ? 2 : 1); round++) {
      const found = await run(entry.name, fed);
      const expected = interpreter.run(entry.name, feeds);
      for (const { name: output } of entry.outputs) {
        const [values, wanted] = [found[output] ?? [], expected[output]?.data ?? []];
        // Random numbers are the same on every engine, to the last bit.
        if (draws) expect(Array.from(values), output).toEqual(Array.from(wanted));
        expectClose(values, wanted, `${output} of run ${round}`, tolerance);
      }
    }
    const touched = entry.instructions.flatMap(({ attributes }) => Object.values(attributes));
    const names = primitiveProgram.variables.map((variable) => variable.name).filter((one) => touched.includes(one));
    if (names.length === 0) return;
    const values = await (await live()).readVariables(names);
    for (const variable of names) expectClose(values[variable] ?? [], interpreter.read(variable), variable, tolerance);
  });

  test('every primitive has a case', () => {
    const used = new Set(
      Object.values(primitiveCases).flatMap(({ entry }) => entry.instructions.map(({ primitive }) => primitive)),
    );
    expect(primitives.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });
}

function describeVectors(executor: () => Executor, tolerance: number): void {
  const { live, run } = runner(executor, vectorProgram);
  const interpreter = createInterpreter(vectorProgram, { seed: 11, precision: 'float64' });

  test.each(vectorCases.map((one) => [one.title, one] as const))(
    '%s, forward and backward as in double precision',
    async (_, { vector, entry, weights }) => {
      const given = Object.entries(weights).flatMap(([name, variable]) => {
        const data = vector.weights?.[name];
        return data === undefined ? [] : [[variable.name, Float32Array.from(data)] as const];
      });
      for (const [name, data] of given) interpreter.write(name, data);
      await (await live()).writeVariables(Object.fromEntries(given));
      const expected = interpreter.run(
        entry.name,
        mapInputs(vector, ({ dims, data }) => ({ dims: [...dims], data: Float64Array.from(data) })),
      );
      const received = await run(
        entry.name,
        mapInputs(vector, ({ data, vocabulary }) =>
          vocabulary === undefined ? Float32Array.from(data) : Int32Array.from(data),
        ),
      );
      for (const { name } of entry.outputs) {
        expectClose(received[name] ?? [], expected[name]?.data ?? [], name, tolerance);
      }
    },
  );
}

/** Within the tolerance times the largest of the expected values, or times one. */
function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, what: string, tolerance: number): void {
  expect(found.length, what).toBe(expected.length);
  let size = 1;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    const [value, wanted] = [found[i] ?? Number.NaN, expected[i] ?? Number.NaN];
    if (Number.isFinite(wanted)) size = Math.max(size, Math.abs(wanted));
    const distance = Object.is(value, wanted) || value === wanted ? 0 : Math.abs(value - wanted);
    // What is not a number where one was expected must not vanish in a comparison.
    error = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(error, distance);
  }
  expect(
    error / size,
    `${what}: ${Array.from(found).slice(0, 8).join()} for ${Array.from(expected).slice(0, 8).join()}`,
  ).toBeLessThan(tolerance);
}
