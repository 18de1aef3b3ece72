import { expect, test } from 'vitest';
import { renamedFor } from './exportFormats.ts';

test.each([
  ['resnet-20.json', 'onnx', 'resnet-20.onnx'],
  ['resnet-20.onnx', 'pytorch', 'resnet_20.py'],
  ['3d.net.json', 'pytorch', 'net_3d_net.py'],
  ['resnet_20.py', 'onnx', 'resnet_20.onnx'],
] as const)('%s as %s is %s', (name, format, expected) => {
  expect(renamedFor(name, format)).toBe(expected);
});
