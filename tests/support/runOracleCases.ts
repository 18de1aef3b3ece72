import { createInterpreter } from '../../src/graph-engine/program/interpreter/createInterpreter.ts';
import type { Tensor } from '../../src/graph-engine/program/interpreter/tensor.ts';
import { resolveDims } from '../../src/graph-engine/program/dims.ts';
import type { Program } from '../../src/graph-engine/program/program.ts';
import type { Executor, TensorData } from '../../src/main/executors/compiledProgram.ts';
import { draw, worstError, type OracleEntry, type WorstError } from './oracleCases.ts';

function programOf({ entry, weights }: OracleEntry): Program {
  return { variables: [...weights.values()], entries: { [entry.name]: entry } };
}

/** Runs a case on the engine, with the weights it asks for. */
export async function runOnEngine(executor: Executor, one: OracleEntry): Promise<WorstError> {
  const compiled = await executor.compile(programOf(one), { seed: 1, selfCheck: false });
  await compiled.writeVariables(weightsOf(one));
  const results: Record<string, TensorData> = await compiled.run(one.entry.name, one.feeds);
  const updated = Object.keys(one.example.updates);
  const variables = await compiled.readVariables(updated.map((name) => one.weights.get(name)?.name ?? name));
  for (const name of updated) {
    const data = variables[one.weights.get(name)?.name ?? name];
    if (data !== undefined) results[`update of ${name}`] = data;
  }
  await compiled.dispose();
  return worstError(one, (name) => results[name]);
}

/** Runs a case in the interpreter, in double precision. */
export function runInInterpreter(one: OracleEntry): WorstError {
  const interpreter = createInterpreter(programOf(one), { precision: 'float64' });
  for (const [name, values] of Object.entries(weightsOf(one))) interpreter.write(name, values);
  const [first] = Object.values(one.example.inputs);
  const feeds: Record<string, Tensor> = {};
  for (const { name, value } of one.entry.inputs) {
    const data = one.feeds[name] ?? [];
    const doubles = data instanceof Int32Array ? data : Float64Array.from(data);
    feeds[name] = { dims: resolveDims(value.dims, first?.dims[0] ?? 1), data: doubles };
  }
  const results = interpreter.run(one.entry.name, feeds);
  return worstError(one, (name) => {
    const update = /^update of (.*)$/.exec(name)?.[1];
    return update === undefined ? results[name]?.data : interpreter.read(one.weights.get(update)?.name ?? update);
  });
}

function weightsOf({ example, weights }: OracleEntry): Record<string, Float32Array> {
  return Object.fromEntries(
    [...weights].map(([name, variable]) => {
      const spec = example.weights[name];
      if (spec?.dims.join() !== variable.dims.join()) {
        throw new Error(`${name} is [${variable.dims.join()}] here and [${spec?.dims.join() ?? 'nothing'}] in PyTorch`);
      }
      return [variable.name, draw(name, spec.dims, spec.low, spec.high)];
    }),
  );
}
