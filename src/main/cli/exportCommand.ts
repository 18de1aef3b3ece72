import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CallOutput } from '../../contract/contract.ts';
import { describeDifference, type Verification } from '../../contract/exports.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { OnnxOptions } from '../../graph-engine/targets/onnx/onnxOptions.ts';
import { NEWEST_OPSET, OLDEST_OPSET } from '../../graph-engine/targets/onnx/opsets.ts';
import type { Served } from '../../contract/servingExports.ts';
import { exportGraphModel } from '../exports/exportGraphModel.ts';
import { exportLayersModel } from '../exports/exportLayersModel.ts';
import { exportSavedModel } from '../exports/exportSavedModel.ts';
import type { ServingOrder, ServingServices } from '../exports/servingOrder.ts';
import { exportOnnxFile } from '../exports/exportOnnxFile.ts';
import { SourceFramework } from '../../graph-engine/targets/python/sourceFramework.ts';
import { sourceTargets } from '../../graph-engine/targets/sourceTargets.ts';
import { exportSourceFile } from '../exports/exportSourceFile.ts';
import { exportWeights } from '../exports/exportWeights.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { createEngineClient, type EngineClient } from '../training/engineClient.ts';
import { exitCodes } from './exitCodes.ts';
import { openRunOrDocument } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface ExportOptions {
  readonly onnx?: string;
  readonly pytorch?: string;
  readonly keras?: string;
  readonly savedModel?: string;
  readonly tfjs?: string;
  readonly tfjsLayers?: string;
  readonly safetensors?: string;
  readonly npz?: string;
  readonly training?: boolean;
  readonly json?: boolean;
}

interface OnnxFlags {
  readonly opset?: number;
  readonly float16?: boolean;
  readonly float16Ends?: boolean;
  readonly batch?: number;
  readonly channelsLast?: boolean;
  readonly answers?: OnnxOptions['answers'];
  readonly weights?: boolean;
  readonly fold?: boolean;
  readonly external?: OnnxOptions['external'];
  readonly normalize?: boolean;
}

/** Adds `export <run or document>`. */
export function registerExportCommand(program: Command): void {
  program
    .command('export <source>')
    .description('take a network away: a run with its best weights, a document with those it begins with')
    .option('--onnx <file>', 'an ONNX model, verified by onnxruntime; a file that is there is replaced')
    .option('--pytorch <file>', 'PyTorch source, with the weights beside it as safetensors')
    .option('--keras <file>', 'Keras 3 source, with the weights beside it as safetensors')
    .option('--saved-model <folder>', 'a TensorFlow SavedModel with a serving signature; one that is there is replaced')
    .option('--tfjs <folder>', 'a graph model for TensorFlow.js; one that is there is replaced')
    .option('--tfjs-layers <folder>', 'a layers model for TensorFlow.js; one that is there is replaced')
    .option('--safetensors <file>', 'the weights alone, by their names; a file that is there is replaced')
    .option('--npz <file>', 'the weights alone, for NumPy; a file that is there is replaced')
    .option('--training', 'source: a script beside it that trains as the run did')
    .option('--opset <n>', `ONNX: version of the operator set, ${OLDEST_OPSET} to ${NEWEST_OPSET}`, integer)
    .option('--float16', 'ONNX: half the size, three digits; inputs and outputs stay float32')
    .option('--float16-ends', 'ONNX: with --float16, inputs and outputs are float16 too')
    .option('--batch <n>', 'exactly so many examples at a time', integer)
    .option('--channels-last', 'ONNX: images go in and come out as NHWC')
    .addOption(
      new Option('--answers <which>', 'which outputs there are').choices(OnnxOptions.shape.answers.unwrap().options),
    )
    .option('--no-weights', 'ONNX: the structure alone; weights become inputs of the model')
    .option('--fold', 'ONNX: multiply batch normalizations into the weights before them')
    .addOption(
      new Option('--external <when>', 'ONNX: whether weights lie in a file beside the model').choices(
        OnnxOptions.shape.external.unwrap().options,
      ),
    )
    .option('--normalize', 'let the model normalize its inputs itself, as the run did')
    .option('--json', 'one JSON object')
    .action((source: string, options: ExportOptions & OnnxFlags) =>
      tellingProblems(() => exportSource(source, options)),
    );
}

async function exportSource(source: string, options: ExportOptions & OnnxFlags): Promise<void> {
  const frameworks = SourceFramework.options.filter((framework) => options[framework] !== undefined);
  const folders = (
    [
      ['savedModel', exportSavedModel],
      ['tfjs', exportGraphModel],
      ['tfjsLayers', exportLayersModel],
    ] as const
  ).flatMap(([flag, write]) => {
    const folder = options[flag];
    return folder === undefined ? [] : [{ folder, write }];
  });
  const weights = [options.safetensors, options.npz].filter((file) => file !== undefined);
  if (options.onnx === undefined && frameworks.length + folders.length + weights.length === 0) {
    throw new HostFailure({
      code: 'export/no-format',
      message: 'Nothing says what to write.',
      remedy:
        'Add --onnx file.onnx, --pytorch file.py, --keras file.py, --saved-model folder, --tfjs folder, --tfjs-layers folder, --safetensors file or --npz file, or several of them.',
    });
  }
  const from = await openRunOrDocument(source);
  for (const framework of frameworks) await exportSourceCode(from, framework, options);
  for (const file of weights) await exportTensors(from, file, options);
  if (options.onnx === undefined && folders.length === 0) return;
  const engine = createEngineClient();
  // Its libraries load while the first file is written.
  engine.warmUp();
  try {
    for (const folder of folders) await exportFolder(from, folder, options, engine);
    if (options.onnx !== undefined) await exportModel(from, options.onnx, options, engine);
  } finally {
    await engine.dispose();
  }
}

interface ServingFolder {
  readonly folder: string;
  readonly write: (order: ServingOrder, services: ServingServices) => Promise<Served>;
}

/** Writes a folder that TensorFlow or TensorFlow.js serves. */
async function exportFolder(
  from: Source,
  { folder, write }: ServingFolder,
  { answers, batch, normalize, json = false }: ExportOptions & OnnxFlags,
  engine: EngineClient,
): Promise<void> {
  const options = {
    ...(answers !== undefined && { answers }),
    ...(batch !== undefined && { batch }),
    normalize: normalize ?? false,
  };
  const done = await write({ ...from, folder: path.resolve(folder), overwrite: true, options }, { engine });
  tellExitCode(done.verification);
  if (json) {
    console.log(JSON.stringify(done));
    return;
  }
  console.log(`Wrote ${folder}: ${done.files.length} files, ${done.bytes} bytes, ${describeWeights(done.weights)}.`);
  for (const [title, ends] of [
    ['Takes', done.inputs],
    ['Answers', done.outputs],
  ] as const) {
    const list = ends.map(
      ({ name, dims }) => `${name} [${dims.map((size) => (size < 0 ? 'batch' : size)).join(', ')}]`,
    );
    console.log(`${title} ${list.join(', ')}.`);
  }
  console.log(describeVerification(done.verification));
}

/** Writes the weights alone. */
async function exportTensors(from: Source, file: string, { json = false }: ExportOptions): Promise<void> {
  const done = await exportWeights({ ...from, file: path.resolve(file), overwrite: true });
  if (json) console.log(JSON.stringify(done));
  else
    console.log(
      `Wrote ${file}: ${done.tensors} tensors, ${done.bytes} bytes of numbers, ${describeWeights(done.weights)}.`,
    );
}

type Source = Awaited<ReturnType<typeof openRunOrDocument>>;

async function exportSourceCode(from: Source, framework: SourceFramework, options: ExportOptions): Promise<void> {
  const file = options[framework] ?? '';
  const done = await exportSourceFile({
    ...from,
    framework,
    file: path.resolve(file),
    overwrite: true,
    training: options.training === true ? process.cwd() : null,
  });
  if (options.json === true) {
    console.log(JSON.stringify(done));
    return;
  }
  console.log(
    `Wrote ${file} for ${sourceTargets[framework].title}: the class ${done.className} and what it is made of.`,
  );
  console.log(`Wrote ${path.basename(done.weightsPath)} beside it: ${describeWeights(done.weights)}.`);
  if (done.dataPath !== null) console.log(`Wrote ${path.basename(done.dataPath)} beside it: the samples of the run.`);
  if (done.trainingPath !== null)
    console.log(`Wrote ${path.basename(done.trainingPath)} beside it: the run as a script.`);
  for (const notice of done.notices) console.log(`Note: ${notice}`);
}

async function exportModel(
  { document, runFolder }: Source,
  onnx: string,
  { json = false, ...flags }: ExportOptions & OnnxFlags,
  engine: EngineClient,
): Promise<void> {
  const order = { document, runFolder, file: path.resolve(onnx), overwrite: true, options: onnxOptions(flags) };
  const done = await exportOnnxFile(order, { engine });
  tellExitCode(done.verification);
  if (json) {
    console.log(JSON.stringify(done));
    return;
  }
  console.log(`Wrote ${onnx}: opset ${done.opset}, ${done.bytes} bytes, ${describeWeights(done.weights)}.`);
  if (done.dataPath !== null) console.log(`Wrote ${path.basename(done.dataPath)} beside it: its weights.`);
  for (const line of describeChanges(done)) console.log(line);
  for (const { message, fix } of done.notices) console.log(`Note: ${message} ${fix}`);
  console.log(describeVerification(done.verification));
}

function tellExitCode({ status }: Verification): void {
  if (status === 'differs') process.exitCode = exitCodes.exportDiffers;
}

function onnxOptions(flags: OnnxFlags): Partial<OnnxOptions> {
  const { opset, batch, answers, external } = flags;
  return {
    ...(opset !== undefined && { opset }),
    ...(batch !== undefined && { batch }),
    ...(answers !== undefined && { answers }),
    ...(external !== undefined && { external }),
    ...(flags.float16 === true && { precision: 'float16' as const }),
    ...(flags.float16Ends === true && { precision: 'float16' as const, ends: 'float16' as const }),
    ...(flags.channelsLast === true && { layout: 'channels-last' as const }),
    ...(flags.weights === false && { weights: 'inputs' as const }),
    foldNormalization: flags.fold ?? false,
    normalize: flags.normalize ?? false,
  };
}

/** What the file does not have as the document has it. */
function describeChanges({ folding, losses }: CallOutput<'export/onnx'>): readonly string[] {
  const lines: string[] = [];
  if (folding !== null) {
    const left =
      folding.left === 0 ? '' : ` ${folding.left} could not be: nothing stands before them that takes them in.`;
    lines.push(`Folded ${folding.folded} batch normalizations.${left}`);
  }
  if (losses.clamped > 0)
    lines.push(`${losses.clamped} weights were too large for float16 and became its largest number.`);
  if (losses.vanished > 0) lines.push(`${losses.vanished} weights were too small for float16 and became zero.`);
  return lines;
}

function describeWeights(weights: CallOutput<'export/onnx'>['weights']): string {
  return {
    trained: 'trained weights',
    stored: 'the weights it begins with',
    initial: 'initial weights',
    none: 'no weights',
  }[weights];
}

function describeVerification(verification: Verification): string {
  switch (verification.status) {
    case 'verified':
      return `Verified with ${verification.runtime} on ${verification.samples} samples, max difference ${describeDifference(verification)}.`;
    case 'differs':
      return `NOT GOOD: ${verification.runtime} differs from the engine by up to ${describeDifference(verification)} on ${verification.samples} samples.`;
    case 'not-verified':
      return `Not verified: ${verification.reason}`;
    default:
      return assertNever(verification);
  }
}

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}
