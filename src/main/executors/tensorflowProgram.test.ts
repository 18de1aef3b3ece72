import { expect, test } from 'vitest';
import type { Variable } from '../../graph-engine/program/program.ts';
import { createTensorflowProgram } from './tensorflowProgram.ts';
import type { SessionFeed } from './tensorflowSession.ts';

function variable(name: string, dtype: Variable['dtype'] = 'float32'): Variable {
  const initializer = { kind: 'zeros' } as const;
  return { name, dims: [2], dtype, initializer, role: 'weight', trainable: true, origin: '' };
}

test('what one pack of variables is written from is never written to again: the variables may live in it', async () => {
  const given: SessionFeed[] = [];
  const names = ['first', 'second', 'third'];
  const compiled = createTensorflowProgram(
    'Test',
    { variables: names.map((name) => variable(name)), entries: {} },
    {
      savedModel: new Uint8Array(),
      entries: {},
      originOf: () => undefined,
      packs: names.map((name) => ({
        names: [name],
        offsets: [0, 2],
        dtype: 'float32',
        value: `${name}/value`,
        written: `${name}/written`,
        read: `${name}/read`,
      })),
    },
    {
      run(_inputs, feeds) {
        given.push(...feeds);
        return [];
      },
      dispose: () => undefined,
    },
  );
  const values = Object.fromEntries(names.map((name, i) => [name, Float32Array.of(i, -i)]));
  await compiled.writeVariables(values);
  expect(given.map(({ data }) => [...data])).toEqual(Object.values(values).map((data) => [...data]));
  expect(new Set(given.map(({ data }) => data.buffer)).size).toBe(names.length);
});
