import { expect, test } from 'vitest';
import { exportTargets, renamedFor } from './index.ts';

test.each([
  ['resnet-20.json', 'onnx', 'resnet-20.onnx'],
  ['resnet-20.onnx', 'pytorch', 'resnet_20.py'],
  ['3d.net.json', 'pytorch', 'net_3d_net.py'],
  ['resnet-20.json', 'keras', 'resnet_20.py'],
  ['resnet_20.py', 'onnx', 'resnet_20.onnx'],
  ['resnet-20.onnx', 'saved-model', 'resnet-20.saved_model'],
  ['resnet-20.saved_model', 'tfjs', 'resnet-20.tfjs'],
  ['resnet-20.tfjs_layers', 'tfjs', 'resnet-20.tfjs'],
  ['resnet-20.tfjs', 'tfjs-layers', 'resnet-20.tfjs_layers'],
  ['resnet-20.tfjs_layers', 'safetensors', 'resnet-20.safetensors'],
  ['resnet-20.safetensors', 'npz', 'resnet-20.npz'],
])('%s as %s is %s', (name, id, expected) => {
  const target = exportTargets.find((one) => one.id === id);
  expect(target && renamedFor(name, target)).toBe(expected);
});
