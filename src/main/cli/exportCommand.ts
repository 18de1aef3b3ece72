import path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { Verification } from '../../contract/exports.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { exportOnnxFile } from '../exports/exportOnnxFile.ts';
import { exportPytorchFile } from '../exports/exportPytorchFile.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { createEngineClient } from '../training/engineClient.ts';
import { exitCodes } from './exitCodes.ts';
import { openRunOrDocument } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface ExportOptions {
  readonly onnx?: string;
  readonly pytorch?: string;
  readonly opset?: number;
  readonly normalize?: boolean;
  readonly json?: boolean;
}

/** Adds `export <run or document>`. */
export function registerExportCommand(program: Command): void {
  program
    .command('export <source>')
    .description('take a network away: a run with its best weights, a document with initial ones')
    .option('--onnx <file>', 'an ONNX model, verified by onnxruntime; a file that is there is replaced')
    .option('--pytorch <file>', 'PyTorch source, with the weights beside it as safetensors')
    .option('--opset <n>', 'version of the operator set', integer)
    .option('--normalize', 'let the model normalize its inputs itself, as the run did')
    .option('--json', 'one JSON object')
    .action((source: string, options: ExportOptions) => tellingProblems(() => exportSource(source, options)));
}

async function exportSource(source: string, options: ExportOptions): Promise<void> {
  if (options.onnx === undefined && options.pytorch === undefined) {
    throw new HostFailure({
      code: 'export/no-format',
      message: 'Nothing says what to write.',
      remedy: 'Add --onnx file.onnx, or --pytorch file.py, or both.',
    });
  }
  const from = await openRunOrDocument(source);
  if (options.pytorch !== undefined) await exportSourceCode(from, options.pytorch, options);
  if (options.onnx !== undefined) await exportModel(from, options.onnx, options);
}

type Source = Awaited<ReturnType<typeof openRunOrDocument>>;

async function exportSourceCode(from: Source, file: string, { json = false }: ExportOptions): Promise<void> {
  const done = await exportPytorchFile({ ...from, file: path.resolve(file), overwrite: true });
  if (json) console.log(JSON.stringify(done));
  else {
    console.log(`Wrote ${file}: the class ${done.className} and what it is made of.`);
    console.log(`Wrote ${path.basename(done.weightsPath)} beside it: ${describeWeights(done.weights)}.`);
  }
}

async function exportModel(
  { document, runFolder }: Source,
  onnx: string,
  { opset, normalize = false, json = false }: ExportOptions,
): Promise<void> {
  const engine = createEngineClient();
  // Its libraries load while the file is written.
  engine.warmUp();
  try {
    const order = {
      document,
      runFolder,
      file: path.resolve(onnx),
      overwrite: true,
      normalize,
      ...(opset !== undefined && { opset }),
    };
    const done = await exportOnnxFile(order, { engine });
    if (json) console.log(JSON.stringify(done));
    else {
      console.log(`Wrote ${onnx}: opset ${done.opset}, ${done.bytes} bytes, ${describeWeights(done.weights)}.`);
      console.log(describeVerification(done.verification));
    }
    if (done.verification.status === 'differs') process.exitCode = exitCodes.exportDiffers;
  } finally {
    await engine.dispose();
  }
}

function describeWeights(weights: 'trained' | 'initial'): string {
  return weights === 'trained' ? 'trained weights' : 'initial weights';
}

function describeVerification(verification: Verification): string {
  switch (verification.status) {
    case 'verified':
      return `Verified with ${verification.runtime} on ${verification.samples} samples, max difference ${verification.maximumDifference.toExponential(1)}.`;
    case 'differs':
      return `NOT GOOD: ${verification.runtime} differs from the engine by up to ${verification.maximumDifference.toExponential(1)} on ${verification.samples} samples.`;
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
