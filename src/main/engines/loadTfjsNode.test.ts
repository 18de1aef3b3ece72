import { expect, test } from 'vitest';
import { loadTfjsNode } from './loadTfjsNode.ts';
import { locateTensorflowEngine } from './locateTensorflowEngine.ts';

test('the installed engine multiplies matrices', async () => {
  const located = await locateTensorflowEngine();
  if (!located.ok) throw new Error(`${located.problem.message} ${located.problem.remedy ?? ''}`);
  const tf = loadTfjsNode(located.value.addonPath);
  expect(tf.getBackend()).toBe('tensorflow');
  const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
  expect(Array.from(product.dataSync())).toEqual([19, 22, 43, 50]);
});
