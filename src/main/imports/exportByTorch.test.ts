import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonWith } from '../../../tests/support/python.ts';
import { exportByTorch, isTorchModel, nameOfTorchModel } from './exportByTorch.ts';
import { readOnnxFile } from './readOnnxFile.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skipwire-torch-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ['torchvision:resnet18', true, 'resnet18'],
  ['timm:vit_base_patch16_224', true, 'vit_base_patch16_224'],
  ['models/net.pt2', true, 'net'],
  ['models/net.py:SmallNet', true, 'SmallNet'],
  ['model.onnx', false, 'model.onnx'],
  ['document.json', false, 'document.json'],
])('%s is PyTorch’s: %s', (source, expected, name) => {
  expect(isTorchModel(source)).toBe(expected);
  expect(nameOfTorchModel(source)).toBe(name);
});

test('says which Pythons have no PyTorch', async () => {
  const wanted = exportByTorch({ source: 'torchvision:resnet18', python: path.join(folder, 'no-python') }, (file) =>
    Promise.resolve(file),
  );
  await expect(wanted).rejects.toMatchObject({ problem: { code: 'torch/missing', expected: /import torch/ } });
});

const python = pythonWith('torch', 'onnx');
const NETWORK = `import torch
from torch import nn


class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.bn, self.fc = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Linear(4, 5)

    def forward(self, x):
        return self.fc(torch.relu(self.bn(self.conv(x))).mean((2, 3)))


def broken():
    raise ValueError("there is no such network")
`;

test.skipIf(python === undefined)(
  'a class in a file becomes a network whose norm can go on learning; what Python says is told',
  { timeout: 300_000 },
  async () => {
    const file = path.join(folder, 'small.py');
    await writeFile(file, NETWORK);
    const model = { source: `${file}:SmallNet`, input: '3x8x8', ...(python !== undefined && { python }) };
    const { document, weights } = await exportByTorch(model, (written) => readOnnxFile({ file: written }));
    const ops = Object.values(document.graph.nodes).flatMap((node) => ('op' in node ? [node.op] : []));
    expect(ops).toEqual(expect.arrayContaining(['conv2d', 'batchNormalization', 'relu', 'dense']));
    expect(weights.size).toBe(8);
    const broken = exportByTorch({ ...model, source: `${file}:broken` }, (written) => Promise.resolve(written));
    await expect(broken).rejects.toMatchObject({
      problem: { code: 'torch/failed', message: /there is no such network/ },
    });
  },
);
