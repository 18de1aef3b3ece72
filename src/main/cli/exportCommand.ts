import path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { Verification } from '../../contract/contract.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { exportOnnxFile } from '../exports/exportOnnxFile.ts';
import { createEngineClient } from '../training/engineClient.ts';
import { exitCodes } from './exitCodes.ts';
import { openRunOrDocument } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface ExportOptions {
  readonly onnx: string;
  readonly opset?: number;
  readonly json?: boolean;
}

/** Adds `export <run or document>`. */
export function registerExportCommand(program: Command): void {
  program
    .command('export <source>')
    .description('write a network as ONNX: a run with its best weights, a document with initial ones')
    .requiredOption('--onnx <file>', 'the file to write; one that is there is replaced')
    .option('--opset <n>', 'version of the operator set', integer)
    .option('--json', 'one JSON object')
    .action((source: string, options: ExportOptions) => tellingProblems(() => exportSource(source, options)));
}

async function exportSource(source: string, { onnx, opset, json = false }: ExportOptions): Promise<void> {
  const { document, runFolder } = await openRunOrDocument(source);
  const engine = createEngineClient();
  // Its libraries load while the file is written.
  engine.warmUp();
  try {
    const order = {
      document,
      runFolder,
      file: path.resolve(onnx),
      overwrite: true,
      ...(opset !== undefined && { opset }),
    };
    const done = await exportOnnxFile(order, { engine });
    if (json) console.log(JSON.stringify(done));
    else {
      const weights = done.weights === 'trained' ? 'trained weights' : 'initial weights';
      console.log(`Wrote ${onnx}: opset ${done.opset}, ${done.bytes} bytes, ${weights}.`);
      console.log(describeVerification(done.verification));
    }
    if (done.verification.status === 'differs') process.exitCode = exitCodes.exportDiffers;
  } finally {
    await engine.dispose();
  }
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
