import { createParameterizer } from '../../src/graph-engine/targets/python/parameterize.ts';
import type { Framework } from '../../src/graph-engine/targets/python/framework.ts';
import { stateDictionary } from '../../src/graph-engine/targets/python/stateDictionary.ts';
import { mapInputs, outputsOf, typeOfInput } from '../../src/graph-engine/testing/lowerVector.ts';
import type { OpCase } from './onnxModels.ts';

/** One worked example of an op as a class of its own, and what is fed to it and expected of it; values are channels last. */
export function writtenOp(framework: Framework, { title, op, vector }: OpCase, index: number) {
  const parameters = op.parameters.parse(vector.parameters);
  const types = mapInputs(vector, typeOfInput);
  const inferred = op.infer({ parameters, inputs: types });
  const emit = framework.emitterOf(op);
  if (!inferred.ok || emit === undefined) throw new Error(title);
  const ports = Object.keys(types);
  const specs = op.weights?.({ parameters, inputs: types }) ?? {};
  const form = emit({
    parameters: parameters as never,
    types,
    outputs: inferred.value,
    inputs: Object.fromEntries(ports.map((port) => [port, port])),
    module: 'self.op',
  });
  const writer = createParameterizer([], []);
  const [first = ''] = ports;
  const [only = ''] = Object.keys(inferred.value);
  const expressions =
    form.forward === undefined
      ? [[only, `self.op(${first})`]]
      : Array.isArray(form.forward)
        ? Object.keys(inferred.value).map((port) => [port, writer.expression([form.forward as never], () => '')])
        : Object.entries(form.forward).map(([port, expression]) => [port, writer.expression([expression], () => '')]);
  const className = `Op${index}`;
  const source = [
    `class ${className}(${framework.blockBase}):`,
    '    def __init__(self):',
    '        super().__init__()',
    ...(form.module === undefined ? [] : [`        self.op = ${writer.call([form.module])}`]),
    `    def ${framework.forward}(${['self', ...ports].join(', ')}):`,
    `        return {${expressions.map(([port, text]) => `"${port}": ${text}`).join(', ')}}`,
  ].join('\n');
  const variables = Object.entries(specs).map(([name, spec]) => ({ name, dims: spec?.dims ?? [] }));
  const state = new Map(
    variables.map(({ name }) => {
      const weight = form.weights?.[name];
      if (weight === undefined) throw new Error(`${title} does not say where "${name}" goes`);
      return [name, { name: `op.${weight.parameter}`, weight }] as const;
    }),
  );
  const tensors = stateDictionary(variables, state, (name) => Float32Array.from(vector.weights?.[name] ?? []));
  return {
    source,
    example: {
      title,
      class: className,
      inputs: Object.values(
        mapInputs(vector, (input) => ({
          dims: input.dims,
          data: input.data,
          integers: input.vocabulary !== undefined,
        })),
      ),
      state: Object.entries(tensors).map(([name, { dims, data }]) => ({ name, dims, data: [...data] })),
      expected: [...outputsOf(op, vector)].map(([port, { dims, data }]) => ({
        port,
        dims,
        data,
        type: inferred.value[port],
      })),
    },
  };
}
