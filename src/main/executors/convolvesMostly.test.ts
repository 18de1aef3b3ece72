import { expect, test } from 'vitest';
import { createBuilder } from '../../graph-engine/program/builder.ts';
import { convolvesMostly } from './convolvesMostly.ts';

/** An image cut into patches by a convolution, as a vision Transformer does, and then products. */
function patches(products: number) {
  const b = createBuilder('predict');
  const image = b.input('image', [-1, 8, 8, 3], 'float32');
  const kernel = b.input('kernel', [4, 4, 3, 6], 'float32');
  const weights = b.input('weights', [6, 6], 'float32');
  let tokens = b.reduceSum(b.conv2d(image, kernel, { strides: [4, 4], padding: 'valid' }), [1, 2]);
  for (let i = 0; i < products; i++) tokens = b.matMul(tokens, weights);
  b.output('tokens', tokens);
  return { variables: [], entries: { predict: b.entry() } };
}

test('a network of convolutions computes in the thread that runs it, a Transformer in several', () => {
  expect(convolvesMostly(patches(0))).toBe(true);
  expect(convolvesMostly(patches(4))).toBe(false);
});

test('a network without convolutions computes in several threads', () => {
  const b = createBuilder('predict');
  b.output('y', b.relu(b.input('x', [-1, 3], 'float32')));
  expect(convolvesMostly({ variables: [], entries: { predict: b.entry() } })).toBe(false);
});
