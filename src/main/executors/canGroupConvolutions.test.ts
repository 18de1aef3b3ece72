import { expect, test } from 'vitest';
import { loadTfjsNode } from '../engines/loadTfjsNode.ts';
import { locateTensorflowEngine } from '../engines/locateTensorflowEngine.ts';
import { canGroupConvolutions, errorOfGroups } from './canGroupConvolutions.ts';

test('convolutions in groups are right one group at a time, which every TensorFlow can, and as one node where that works', async () => {
  const located = await locateTensorflowEngine();
  if (!located.ok) throw new Error(located.problem.message);
  const tf = loadTfjsNode(located.value.addonPath);
  expect(await errorOfGroups(tf, { groupedConvolutions: false })).toBeLessThan(1e-5);
  if (await canGroupConvolutions(tf)) {
    expect(await errorOfGroups(tf, { groupedConvolutions: true })).toBeLessThan(1e-5);
  } else {
    await expect(errorOfGroups(tf, { groupedConvolutions: true })).rejects.toThrow();
  }
});
