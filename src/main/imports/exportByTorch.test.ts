import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonWith } from '../../../tests/support/python.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
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


def waiting():
    import time

    time.sleep(600)


class Unexportable(nn.Module):
    def forward(self, x):
        return torch.linalg.eigvals(x[0, 0]).abs()
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

const whole = pythonWith('torch', 'onnx', 'torchvision', 'timm');

test.skipIf(whole === undefined).each([
  [
    'torchvision:resnet18',
    11_689_512,
    ['conv2d', 'batchNormalization', 'relu', 'maxPooling2d', 'globalAveragePooling', 'dense'],
  ],
  [
    'timm:resnet50',
    25_557_032,
    ['conv2d', 'batchNormalization', 'relu', 'maxPooling2d', 'globalAveragePooling', 'dense'],
  ],
  [
    'timm:vit_tiny_patch16_224',
    5_717_416,
    ['imageToSequence', 'multiHeadAttention', 'layerNormalization', 'gelu', 'dense'],
  ],
  ['timm:convnext_atto', 3_695_520, ['depthwiseConv2d', 'layerNormalization', 'gelu', 'dense']],
])(
  '%s by its name is a network of ops that are known here, with all its parameters',
  { timeout: 600_000 },
  async (source, parameters, expected) => {
    const lines: string[] = [];
    const model = { source, ...(whole !== undefined && { python: whole }) };
    const { document, report } = await exportByTorch(model, (file) => readOnnxFile({ file }), {
      onLine: (line) => lines.push(line),
    });
    expect(report.kept).toEqual([]);
    const graphs = [document.graph, ...Object.values(document.blocks).map(({ graph }) => graph)];
    const ops = new Set(
      graphs.flatMap(({ nodes }) => Object.values(nodes).flatMap((node) => ('op' in node ? [node.op] : []))),
    );
    expect([...ops]).toEqual(expect.arrayContaining(expected));
    expect(inferDocument(document).totals.parameters).toBe(parameters);
    expect(lines).toEqual(expect.arrayContaining(['Loading PyTorch', `Making ${source}`]));
  },
);

test.skipIf(python === undefined)(
  'what goes wrong in a file of the user is shown with its line, and what hangs is given up or called off',
  { timeout: 600_000 },
  async () => {
    const file = path.join(folder, 'odd.py');
    await writeFile(file, NETWORK);
    const run = (source: string, limits: Parameters<typeof exportByTorch>[2] = {}) =>
      exportByTorch(
        { source: `${file}:${source}`, input: '3x8x8', ...(python !== undefined && { python }) },
        (written) => Promise.resolve(written),
        limits,
      );
    await expect(run('broken')).rejects.toMatchObject({
      problem: { code: 'torch/failed', received: /odd\.py", line \d+, in broken/ },
    });
    await expect(run('Nothing')).rejects.toMatchObject({ problem: { code: 'torch/failed', message: /Nothing/ } });
    await expect(run('Unexportable')).rejects.toMatchObject({ problem: { code: 'torch/failed' } });
    await expect(run('waiting', { timeout: 3000 })).rejects.toMatchObject({ problem: { code: 'torch/timeout' } });
    const off = new AbortController();
    const called = run('waiting', {
      signal: off.signal,
      onLine: (line) => {
        if (line.startsWith('Making')) off.abort();
      },
    });
    await expect(called).rejects.toMatchObject({ problem: { code: 'torch/cancelled' } });
    // A class that cannot be read at all.
    await writeFile(file, 'class Broken(:\n');
    await expect(run('Broken')).rejects.toMatchObject({ problem: { code: 'torch/failed', received: /SyntaxError/ } });
  },
);
