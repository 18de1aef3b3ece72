import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test, vi } from 'vitest';
import { exported } from '../../../../tests/support/onnxModels.ts';
import { nodesOf } from '../../document/graphs.ts';
import type { Graph, SkipwireDocument } from '../../document/schema.ts';
import { isForeignOp } from '../../ops/foreign/foreignOps.ts';
import { permuteAxes, permutedDims } from '../../targets/onnx/permuteAxes.ts';
import { importOnnx } from './importOnnx.ts';
import type { ImportReport } from '../drawing/importReport.ts';

// Many models, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

const tests = path.join(import.meta.dirname, '../../../../tests');
const folder = path.join(tests, 'fixtures', 'exporters');

interface Answer {
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly kind: string }>>;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
/** What onnxruntime makes of networks of timm, transformers and Keras: see tests/oracles/exporterModels.py. */
const answers = JSON.parse(readFileSync(path.join(folder, 'answers.json'), 'utf8')) as Readonly<Record<string, Answer>>;
const VOCABULARY = 20;

test('networks of timm, transformers and Keras become what the table says, and answer as they did', async () => {
  const lines: string[] = [];
  for (const [name, answer] of Object.entries(answers)) {
    const imported = importOnnx(gunzipSync(readFileSync(path.join(folder, `${name}.onnx.gz`))), { name });
    if (!imported.ok) throw new Error(`${name}: ${imported.error.message}`);
    const { document, report, weights } = imported.value;
    lines.push(...described(name, document, report));
    const values = new Map([...weights].map(([weight, tensor]) => [weight, tensor.values()]));
    await expectSameAnswers(name, Buffer.concat([...exported(document, values).model()]), answer, report);
  }
  await expect(lines.join('\n')).toMatchFileSnapshot(path.join(tests, 'golden', 'exporterModels.txt'));
});

/** What a model became, and every block that was found in it. */
function described(name: string, document: SkipwireDocument, { parameters, kept }: ImportReport): readonly string[] {
  const names = kept.map(({ operator, count }) => `${operator} ×${count}`);
  return [
    `${name}: ${parameters} numbers in the weights`,
    `  ${inWords(document.graph)}`,
    ...Object.entries(document.blocks).map(([id, block]) => `  ${id}: ${inWords(block.graph)}`),
    ...(names.length === 0 ? [] : [`  kept: ${names.join(', ')}`]),
  ];
}

function inWords(graph: Graph): string {
  const words = nodesOf(graph).map(([, node]) => {
    if ('block' in node) return `${node.block}${node.repeat === undefined ? '' : `×${node.repeat}`}`;
    return isForeignOp(node.op) ? `(${String(node.parameters['operator'] ?? node.op)})` : node.op;
  });
  return words.join(' ');
}

async function expectSameAnswers(name: string, model: Uint8Array, answer: Answer, { notes }: ImportReport) {
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  const feeds = Object.fromEntries(
    session.inputNames.map((input, i) => {
      const metadata = session.inputMetadata[i];
      const [own, { shape, kind }] =
        Object.entries(answer.inputs).find(([one]) => input.startsWith(one)) ?? lacking(input);
      // An image that came channels last enters as the document has it.
      const isTurned = notes.some((note) => note.startsWith(`The input "${own}" has its axes`));
      const order = isTurned ? [0, 3, 1, 2] : shape.map((_, axis) => axis);
      const data = permuteAxes(numbersOf(shape, kind), shape, order);
      const type = metadata?.isTensor === true ? metadata.type : 'float32';
      const numbers =
        type === 'int64' ? BigInt64Array.from(data, BigInt) : type === 'int32' ? Int32Array.from(data) : data;
      return [input, new Tensor(type, numbers, permutedDims(shape, order))];
    }),
  );
  const results = await session.run(feeds);
  const own = results['logits'] ?? results['features'];
  expect(own?.dims, name).toEqual(answer.shape);
  for (const [i, wanted] of answer.values.entries()) {
    const difference = Math.abs(Number(own?.data[i]) - wanted);
    expect(difference, `${name}: value ${i}`).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(wanted)));
  }
}

function lacking(input: string): never {
  throw new Error(`Nothing is known of the input "${input}"`);
}

/** The numbers that the oracle fed. */
function numbersOf(shape: readonly number[], kind: string): Float32Array {
  const [rows = 1, columns = 1] = shape;
  const count = shape.reduce((a, b) => a * b, 1);
  if (kind === 'mask') {
    return Float32Array.from({ length: count }, (_, at) =>
      at < (rows - 1) * columns || at % columns < columns - 2 ? 1 : 0,
    );
  }
  let state = 7n;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1103515245n + 12345n) % 2147483648n;
    const number = Math.fround((Number(state) / 2147483648) * 2 - 1);
    return kind === 'image' ? number : Math.floor(Math.abs(number) * (kind === 'types' ? 2 : VOCABULARY));
  });
}
