import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { afterAll, expect, test } from 'vitest';
import { lowered, networkTemplate, trainedLooking } from '../../../../tests/support/networks.ts';
import { exported, opCases, opModel, optionCombinations } from '../../../../tests/support/onnxModels.ts';
import { ModelProtoSchema, type ValueInfoProto } from '../protobuf/generated/onnx_pb.js';
import { BATCH_AXIS } from './channelsFirst.ts';
import { DEFAULT_OPSET, NEWEST_OPSET, OLDEST_OPSET, supportedOpsets } from './opsets.ts';

type Shapes = Readonly<Record<string, readonly (string | number)[]>>;
type Report = Readonly<Record<string, { readonly error: string | null; readonly values: Shapes }>>;

const templates = ['resnet-20'];
const networksFolder = path.join(import.meta.dirname, '../../../../templates/networks');
const golden = JSON.parse(readFileSync(path.join(import.meta.dirname, 'onnxShapes.golden.json'), 'utf8')) as Readonly<
  Record<string, Shapes>
>;

/** A Python with the onnx package: the one that the variable names, else `python3`; most machines have none. */
const python = [process.env['SKIPWIRE_PYTHON'], 'python3'].find(
  (program) => program !== undefined && spawnSync(program, ['-c', 'import onnx']).status === 0,
);

const folder = mkdtempSync(path.join(tmpdir(), 'skipwire-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(templates)('%s declares the shapes that the onnx package inferred', (name) => {
  // The golden shapes are of values inside ops too.
  const declared = declaredShapes(templateModel(name));
  expect(Object.keys(declared).length).toBeGreaterThan(10);
  expect(golden[name]).toMatchObject(declared);
});

test.skipIf(python === undefined)(
  'the onnx package accepts every op and template at every opset',
  { timeout: 120_000 },
  () => {
    const declared = new Map<string, Shapes>();
    const write = (name: string, model: Uint8Array) => {
      writeFileSync(path.join(folder, `${name}.onnx`), model);
      declared.set(name, declaredShapes(model));
    };
    for (const opset of supportedOpsets) {
      for (const [i, entry] of opCases.entries()) write(`${entry.op.type}-${i}-${opset}`, opModel(entry, opset).model);
      for (const name of templates) write(`${name}-${opset}`, templateModel(name, opset));
    }
    const report = checked(folder);
    expect(Object.keys(report).length).toBe(declared.size);
    for (const [name, { error, values }] of Object.entries(report)) {
      expect(error, name).toBeNull();
      // The onnx package does not see that Resize leaves the batch as it is: scaled by one, it calls it by a new name.
      const told = name.startsWith('upsampling2d')
        ? { ...values, 'result.output': withBatch(values['result.output']) }
        : values;
      expect(told, name).toMatchObject(declared.get(name) ?? {});
    }
    for (const name of templates) expect(report[`${name}-21`]?.values).toMatchObject(golden[name] ?? {});
  },
);

test.skipIf(python === undefined)(
  'the onnx package accepts every network of the library, oldest to newest opset, and every option',
  { timeout: 600_000 },
  () => {
    const written = mkdtempSync(path.join(folder, 'networks-'));
    const networks = readdirSync(networksFolder).map((file) => file.replace('.json', ''));
    for (const name of networks) {
      for (const opset of [OLDEST_OPSET, DEFAULT_OPSET, NEWEST_OPSET]) {
        // What the checker looks at does not depend on values, and the largest networks have gigabytes of them.
        const model = exported(networkTemplate(`${name}.json`), new Map(), { opset, weights: 'inputs' });
        writeFileSync(path.join(written, `${name}-${opset}.onnx`), Buffer.concat([...model.model()]));
      }
    }
    for (const name of ['resnet-20', 'mini-gpt', 'vit-tiny-shapes']) {
      const document = networkTemplate(`${name}.json`);
      const weights = trainedLooking(lowered(document).program, 1);
      for (const [index, options] of optionCombinations.entries()) {
        const model = exported(document, weights, options);
        writeFileSync(path.join(written, `${name}-options-${index}.onnx`), Buffer.concat([...model.model()]));
      }
    }
    const report = checked(written);
    expect(Object.keys(report).length).toBe(3 * networks.length + 3 * optionCombinations.length);
    expect(
      Object.entries(report).flatMap(([name, { error }]) => (error === null ? [] : [`${name}: ${error}`])),
    ).toEqual([]);
  },
);

function checked(models: string): Report {
  const script = path.join(import.meta.dirname, '../../../../tests/oracles/onnxChecker.py');
  return JSON.parse(execFileSync(python ?? '', [script, models], { encoding: 'utf8', maxBuffer: 1e9 })) as Report;
}

function templateModel(name: string, opset = DEFAULT_OPSET): Uint8Array {
  const document = networkTemplate(`${name}.json`);
  const weights = trainedLooking(lowered(document).program, 1);
  return Buffer.concat([...exported(document, weights, { opset }).model()]);
}

function declaredShapes(model: Uint8Array): Shapes {
  const { graph } = fromBinary(ModelProtoSchema, model);
  if (graph === undefined) throw new Error('The model has no graph');
  return Object.fromEntries([...graph.input, ...graph.valueInfo, ...graph.output].map(shapeOf));
}

function withBatch([, ...rest]: readonly (string | number)[] = []): readonly (string | number)[] {
  return [BATCH_AXIS, ...rest];
}

function shapeOf({ name, type }: ValueInfoProto) {
  if (type?.value.case !== 'tensorType') throw new Error(`${name} is no tensor`);
  const dims = type.value.value.shape?.dim.map(({ value }) => {
    if (value.case === undefined) throw new Error(`${name} has an empty size`);
    return value.case === 'dimParam' ? value.value : Number(value.value);
  });
  return [name, dims ?? []] as const;
}
