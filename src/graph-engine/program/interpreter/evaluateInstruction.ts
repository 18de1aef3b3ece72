import { resolveDims } from '../dims.ts';
import { isPrimitiveName } from '../primitives/index.ts';
import type { Instruction } from '../program.ts';
import type { KernelContext } from './kernel.ts';
import { kernels } from './kernels/index.ts';
import { sizeOfDims, type Doubles } from './tensor.ts';

function noVariable(name: string): never {
  throw new Error(`There is no variable ${name} here`);
}

/** The outputs of one instruction in double precision. `variable` gives the memory of a variable, where there are any. */
export function evaluateInstruction(
  { primitive, attributes, outputs, origin }: Instruction,
  inputs: readonly Doubles[],
  batch: number,
  variable: (name: string) => Float64Array = noVariable,
): readonly Doubles[] {
  if (!isPrimitiveName(primitive)) throw new Error(`Unknown primitive ${primitive}`);
  const outputDims = outputs.map(({ dims }) => resolveDims(dims, batch));
  // The instruction was inferred by its own definition, so the types of its kernel fit.
  const kernel = kernels[primitive] as (context: unknown) => readonly Float64Array[];
  const context: Omit<KernelContext<'concat'>, 'attributes' | 'outputDims'> = { inputs, variable };
  const results = kernel({ ...context, attributes, outputDims });
  return outputs.map((_, i) => {
    const data = results[i];
    const dims = outputDims[i] ?? [];
    if (data?.length !== sizeOfDims(dims)) throw new Error(`${origin}: the kernel of ${primitive} broke its shape`);
    return { dims, data };
  });
}
