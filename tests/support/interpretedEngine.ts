import { readFile } from 'node:fs/promises';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { initialize } from '../../src/graph-engine/random/initialize.ts';
import { decodeSafetensors } from '../../src/graph-engine/targets/safetensors/safetensors.ts';
import type { PredictingEngine } from '../../src/main/exports/predictByEngine.ts';
import { lowered, predictByInterpreter } from './networks.ts';

/** The interpreter in the place of the native engine: it computes the same programs, slowly, and is always there. */
export const interpretedEngine: PredictingEngine = {
  async predict({ document, weights, inputs, samples }) {
    const program = lowered(document);
    const values = 'seed' in weights ? initialValues(document, weights.seed) : await storedValues(weights.file);
    const feeds = Object.fromEntries(
      program.inputs.map(({ path: input, type }) => {
        const dims = [samples, ...type.axes.map(({ size }) => size ?? 0)];
        const data = inputs[input] ?? [];
        return [input, { dims, data: type.dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data) }];
      }),
    );
    const answer = predictByInterpreter(program, values, feeds);
    const value: Record<string, Record<string, Float32Array>> = {};
    for (const { path: output, ports } of program.outputs) {
      const named = Object.entries(ports);
      value[output] = Object.fromEntries(
        named.map(([port, { fetch }]) => [port, Float32Array.from(answer[fetch]?.data ?? [])]),
      );
    }
    return { ok: true, value };
  },
};

async function storedValues(file: string): Promise<Map<string, Float32Array>> {
  const decoded = decodeSafetensors(await readFile(file));
  if (!decoded.ok) throw new Error(decoded.error.message);
  return new Map(
    Object.entries(decoded.value.tensors).map(([name, { data }]) => [name, Float32Array.from(data)] as const),
  );
}

function initialValues(document: SkipwireDocument, seed: number): Map<string, Float32Array> {
  const { variables } = lowered(document).program;
  const weights = variables.filter(({ role }) => role !== 'slot');
  return new Map(weights.map((variable) => [variable.name, initialize(variable, seed)]));
}
