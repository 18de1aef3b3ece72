import { expect, test } from 'vitest';
import { image } from '../../core/shape.ts';
import { opNamed } from '../index.ts';

test.each(['maxPooling2d', 'averagePooling2d'])('%s refuses padding that hides a whole window', (type) => {
  const op = opNamed(type);
  const infer = (padding: unknown) =>
    op?.infer({
      parameters: op.parameters.parse({ kernel: [2, 3], padding }),
      inputs: { input: image(8, 8, 1) },
    });
  expect(infer([1, 2])).toMatchObject({ ok: true });
  expect(infer('same')).toMatchObject({ ok: true });
  expect(infer([2, 2])).toMatchObject({
    ok: false,
    error: { code: 'shape/pool-padding', parameter: 'padding', expected: 'at most 1×2', received: '2×2' },
  });
});
