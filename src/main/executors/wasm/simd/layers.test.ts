import fc from 'fast-check';
import { expect, test } from 'vitest';
import { windowGeometry } from '../../../../graph-engine/program/windowGeometry.ts';
import { createArena } from './testing/createArena.ts';
import { demandClose, evaluatePrimitive, someNumbers } from './testing/evaluatePrimitive.ts';

const arena = createArena(8);
const { functions } = arena;

/** Compares an area with what the reference gives. */
function check(what: string, pointer: number, expected: Float64Array | undefined, terms = 1): void {
  if (expected === undefined) throw new Error(`the reference gave no ${what}`);
  demandClose(what, arena.floats(pointer, expected.length), expected, terms);
}

test('pooling with any window, ties and not-a-number among the numbers', () => {
  const small = fc.integer({ min: 1, max: 3 });
  fc.assert(
    fc.property(
      fc.record({
        image: fc.tuple(fc.constantFrom(1, 2), fc.integer({ min: 3, max: 9 }), fc.integer({ min: 3, max: 9 })),
        channels: fc.constantFrom(1, 3, 4, 6, 8),
        window: fc.tuple(small, small),
        strides: fc.tuple(small, small),
        padding: fc.constantFrom('same', 'valid', 'explicit'),
        pad: fc.nat(2),
      }),
      ({ image: [batch, height, width], channels, window, strides, padding, pad }) => {
        const pads = [Math.min(pad, window[0] - 1), 0, Math.min(pad, window[1] - 1), 0] as const;
        const attributes = { window, strides, padding, pads };
        const rows = windowGeometry(height, window[0], strides[0], 1, padding, [pads[0], pads[1]]);
        const columns = windowGeometry(width, window[1], strides[1], 1, padding, [pads[2], pads[3]]);
        const dims = [batch, height, width, channels];
        const yDims = [batch, rows.output, columns.output, channels];
        const x = someNumbers(dims, 1);
        // Few different numbers, so that there are ties.
        x.data.forEach((value, i) => (x.data[i] = Math.round(value * 2) / 2));
        const dy = someNumbers(yDims, 2);
        functions.pooling(
          ...([batch, height, width, channels, ...window, ...strides] as const),
          ...([rows.before, columns.before, rows.output, columns.output] as const),
        );
        const [px, pdy] = [arena.put(x.data), arena.put(dy.data)];
        const [py, pdx] = [arena.room(dy.data.length), arena.room(x.data.length)];
        const y = evaluatePrimitive('maxPool', [x], attributes, [yDims])[0] ?? new Float64Array();
        functions.maxPool(px, py);
        check('y', py, y);
        functions.maxPoolGrad(px, pdy, pdx);
        check('dx', pdx, evaluatePrimitive('maxPoolGrad', [x, dy, dy], attributes, [dims])[0], 9);
        functions.averagePool(px, py);
        check('y', py, evaluatePrimitive('averagePool', [x], attributes, [yDims])[0], 9);
        functions.averagePoolGrad(pdy, pdx);
        const forInput = { ...attributes, inputDims: dims };
        check('dx', pdx, evaluatePrimitive('averagePoolGrad', [dy], forInput, [dims])[0], 9);
        arena.clear();
      },
    ),
    { numRuns: 50, seed: 20 },
  );
  functions.pooling(1, 1, 3, 1, 1, 3, 1, 1, 0, 0, 1, 1);
  const [px, pdy, pdx] = [arena.put([3, Number.NaN, 9]), arena.put([1]), arena.room(3)];
  functions.maxPoolGrad(px, pdy, pdx);
  expect([...arena.floats(pdx, 3)]).toEqual([0, 1, 0]);
  arena.clear();
});

test.each([
  [1, 3],
  [7, 5],
  [640, 16],
  [901, 7],
])('batch normalization of %i rows of %i channels', (rows, channels) => {
  const dims = [rows, 1, 1, channels];
  const x = someNumbers(dims, 1);
  x.data.forEach((value, i) => (x.data[i] = value + 3 * (i % channels)));
  const [dy, scale, offset] = [someNumbers(dims, 2), someNumbers([channels], 3), someNumbers([channels], 4)];
  const mean = someNumbers([channels], 5);
  const variance = { dims: [channels], data: someNumbers([channels], 6).data.map(Math.abs) };
  const pointers = [x, dy, scale, offset, mean, variance].map(({ data }) => arena.put(data));
  const [px = 0, pdy = 0, pscale = 0, poffset = 0, pmean = 0, pvariance = 0] = pointers;
  const [py, pdx] = [arena.room(x.data.length), arena.room(x.data.length)];
  const [pn = 0, pw = 0, ps = 0, pv = 0, pds = 0, pdo = 0] = Array.from({ length: 6 }, () => arena.room(channels));
  const scratch = arena.scratch(functions.batchNormScratch(channels));
  const [epsilon, momentum] = [1e-3, 0.1];
  functions.batchNormTraining(
    ...([px, pscale, poffset, pmean, pvariance, py, pn, pw, ps, pv] as const),
    ...([rows, channels, epsilon, momentum, scratch] as const),
  );
  const c = [channels];
  const trained = evaluatePrimitive('batchNormTraining', [x, scale, offset, mean, variance], { epsilon, momentum }, [
    dims,
    c,
    c,
    c,
    c,
    [],
  ]);
  // What is normalized grows with one over the deviation, which is up to 1 / sqrt(epsilon).
  [py, pn, pw, ps, pv].forEach((pointer, i) => {
    check(`result ${i}`, pointer, trained[i], i === 0 ? 64 : 8);
  });
  functions.batchNormTrainingGrad(pdy, px, pscale, ps, pv, pdx, pds, pdo, rows, channels, epsilon, scratch);
  const saved = [3, 4].map((i) => ({ dims: c, data: Float32Array.from(trained[i] ?? []) }));
  const none = { dims: [], data: new Float32Array(1) };
  const gradients = evaluatePrimitive('batchNormTrainingGrad', [dy, x, scale, ...saved, none], { epsilon }, [
    dims,
    c,
    c,
  ]);
  [pdx, pds, pdo].forEach((pointer, i) => {
    check(`gradient ${i}`, pointer, gradients[i], i === 0 ? 64 : rows);
  });
  functions.batchNormInference(px, pscale, poffset, pmean, pvariance, py, rows, channels, epsilon, scratch);
  const [inferred] = evaluatePrimitive('batchNormInference', [x, scale, offset, mean, variance], { epsilon }, [dims]);
  check('y', py, inferred, 256);
  arena.clear();
});

test('softmax, its logarithm, and the cross entropy with labels, of numbers of any size', () => {
  for (const [rows, columns] of [
    [3, 1],
    [4, 10],
    [2, 67],
  ] as const) {
    const x = someNumbers([rows, columns], 1);
    x.data.forEach((value, i) => (x.data[i] = value * 10 ** (i % 4)));
    const labels = { dims: [rows], data: Int32Array.from({ length: rows }, (_, i) => (i * 7) % columns) };
    const [px, pl, py, ploss] = [
      arena.put(x.data),
      arena.put(labels.data),
      arena.room(x.data.length),
      arena.room(rows),
    ];
    functions.softmax(px, py, rows, columns);
    check('softmax', py, evaluatePrimitive('softmax', [x], {}, [x.dims])[0]);
    functions.logSoftmax(px, py, rows, columns);
    check('logSoftmax', py, evaluatePrimitive('logSoftmax', [x], {}, [x.dims])[0]);
    expect(functions.sparseSoftmaxCrossEntropy(px, pl, ploss, py, rows, columns)).toBe(0);
    const [losses, dlogits] = evaluatePrimitive('sparseSoftmaxCrossEntropy', [x, labels], {}, [labels.dims, x.dims]);
    check('losses', ploss, losses);
    check('dlogits', py, dlogits);
    arena.integers(pl, rows)[0] = columns;
    expect(functions.sparseSoftmaxCrossEntropy(px, pl, ploss, py, rows, columns)).toBe(1);
    arena.clear();
  }
});

test.each([true, false])('bilinear resizing and its gradient, corners aligned: %s', (alignCorners) => {
  for (const [height, width, toHeight, toWidth, channels] of [
    [3, 5, 7, 4, 5],
    [4, 4, 8, 8, 4],
    [5, 2, 1, 3, 1],
  ] as const) {
    const x = someNumbers([2, height, width, channels], 1);
    const dy = someNumbers([2, toHeight, toWidth, channels], 2);
    const [px, pdy, py, pdx] = [
      arena.put(x.data),
      arena.put(dy.data),
      arena.room(dy.data.length),
      arena.room(x.data.length),
    ];
    const sizes = [2, height, width, channels, toHeight, toWidth, alignCorners ? 1 : 0] as const;
    functions.resizeBilinear(px, py, ...sizes);
    functions.resizeBilinearGrad(pdy, pdx, ...sizes);
    const attributes = { alignCorners };
    check(
      'y',
      py,
      evaluatePrimitive('resizeBilinear', [x], { ...attributes, size: [toHeight, toWidth] }, [dy.dims])[0],
    );
    check('dx', pdx, evaluatePrimitive('resizeBilinearGrad', [dy, x], attributes, [x.dims])[0], 16);
    arena.clear();
  }
});
