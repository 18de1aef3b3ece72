import path from 'node:path';
import { productRoot } from '../files/productRoot.ts';
import { askVerifier, type VerifierAnswer, type VerifierOptions } from './askVerifier.ts';
import type { VerifyRequest } from './verifyMessages.ts';

/** Runs an ONNX file by onnxruntime in a process of its own. Always answers, within the time limit. */
export function runOnnxFile(request: VerifyRequest, options: VerifierOptions = {}): Promise<VerifierAnswer> {
  const program = options.program ?? path.join(productRoot, 'dist', 'main', 'verifyProcess.js');
  return askVerifier(request, program, { runtime: 'onnxruntime', subject: 'file' }, options);
}
