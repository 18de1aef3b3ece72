import { writeFileSync } from 'node:fs';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import type { WrittenNetwork } from '../../src/graph-engine/targets/sourceTargets.ts';
import { lowered } from './networks.ts';
import { oracleNetwork, reducedTemplate } from './oracleNetworks.ts';

/** The template as its golden file has it: its inputs made small. */
export const reduced = (name: string): SkipwireDocument => reducedTemplate(name, oracleNetwork(name).inputs);

/** Puts the source of a template into a file; what tests/oracles/generatedSource.py and its like need to run it. */
export function writeNetwork(
  name: string,
  document: SkipwireDocument,
  { source, state, inputs, outputs }: WrittenNetwork,
  file: string,
): Readonly<Record<string, unknown>> {
  writeFileSync(file, source);
  const dims = new Map(lowered(document).program.variables.map((variable) => [variable.name, variable.dims]));
  return {
    name,
    source: file,
    inputs,
    outputs,
    state: [...state].map(([variable, { name: place, weight }]) => ({
      variable,
      name: place,
      dims: dims.get(variable),
      permutation: weight.permutation ?? null,
      theirs: weight.dims ?? null,
    })),
  };
}
