import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const example = {
  tensors: {
    'stem.kernel': { dims: [2, 3], data: new Float32Array([1, -2, 3.5, 0, Number.MAX_VALUE, -0]) },
    step: { dims: [], data: new Int32Array([-7]) },
    nothing: { dims: [0, 4], data: new Float32Array(0) },
  },
  metadata: { epoch: '3', note: 'Größe "×"' },
};

test('what is written is read back, names and text included', () => {
  const read = decodeSafetensors(encodeSafetensors(example));
  if (!read.ok) throw new Error(read.error.message);
  expect({ ...read.value.tensors }).toEqual(example.tensors);
  expect(read.value.metadata).toEqual(example.metadata);
});

test('the data start at a multiple of eight bytes, as other readers expect', () => {
  const bytes = encodeSafetensors(example);
  const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(header % 8).toBe(0);
  expect(bytes.length).toBe(8 + header + 6 * 4 + 4);
});

test('a file at an odd place in memory is read all the same', () => {
  const bytes = encodeSafetensors(example);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  expect(decodeSafetensors(shifted.subarray(1)).ok).toBe(true);
});

test('a file that Node read into a Buffer is read all the same', () => {
  const read = decodeSafetensors(Buffer.from(encodeSafetensors(example)));
  if (!read.ok) throw new Error(read.error.message);
  expect({ ...read.value.tensors }).toEqual(example.tensors);
});

test('a file cut off anywhere is refused in words', () => {
  const bytes = encodeSafetensors(example);
  for (const length of [0, 7, 20, bytes.length - 30, bytes.length - 1]) {
    const read = decodeSafetensors(bytes.subarray(0, length));
    expect(read).toMatchObject({ ok: false, error: { code: 'weights/damaged' } });
  }
});

test('no damage makes the reader throw', () => {
  const bytes = encodeSafetensors(example);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 6 }), (damage) => {
      const damaged = bytes.slice();
      for (const [place, value] of damage) damaged[place] = value;
      const read = decodeSafetensors(damaged);
      expect(typeof read.ok).toBe('boolean');
    }),
  );
});
