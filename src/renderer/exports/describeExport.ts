import type { CallOutput } from '../../contract/contract.ts';
import { describeDifference, type Verification } from '../../contract/exports.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import type { ResultTone } from './ExportResult.tsx';
import { formatBytes } from '../training/format.ts';

/** What became of the check of an exported file, in words. */
export function describeVerification(verification: Verification): {
  readonly tone: ResultTone;
  readonly text: string;
} {
  switch (verification.status) {
    case 'verified':
      return {
        tone: 'success',
        text: `Verified by ${verification.runtime}: maximum difference ${describeDifference(verification)} on ${samples(verification.samples)}.`,
      };
    case 'differs':
      return {
        tone: 'danger',
        text: `Do not rely on this file: ${verification.runtime} gives other results, with a maximum difference of ${describeDifference(verification)} on ${samples(verification.samples)}.`,
      };
    case 'not-verified':
      return { tone: 'warning', text: `Written, but not verified: ${verification.reason}` };
    default:
      return assertNever(verification);
  }
}

/** Whose weights were written, in words. */
export const weightWords = {
  trained: 'trained weights',
  stored: 'the weights it begins with',
  initial: 'initial weights',
  none: 'no weights',
} as const;

/** Size, weights and format of an exported file. */
export function describeFile({
  bytes,
  weights,
  opset,
}: Pick<CallOutput<'export/onnx'>, 'bytes' | 'weights' | 'opset'>): string {
  return `${formatBytes(bytes)}, ${weightWords[weights]}, opset ${opset}`;
}

/** What the file does not have exactly as the weights are, in sentences. */
export function describeLosses({
  folding,
  losses,
}: Pick<CallOutput<'export/onnx'>, 'folding' | 'losses'>): readonly string[] {
  const lines: string[] = [];
  if (folding !== null) {
    const left = folding.left === 0 ? '' : ` ${folding.left} stay: nothing before them could take them in.`;
    lines.push(`${folding.folded} batch ${folding.folded === 1 ? 'norm is' : 'norms are'} folded into weights.${left}`);
  }
  const { clamped, vanished } = losses;
  if (clamped > 0) lines.push(`${weights(clamped)} beyond what float16 holds became its largest number, 65 504.`);
  if (vanished > 0) lines.push(`${weights(vanished)} too small for float16 became zero.`);
  return lines;
}

function weights(count: number): string {
  return count === 1 ? '1 weight' : `${count} weights`;
}

function samples(count: number): string {
  return count === 1 ? '1 sample' : `${count} samples`;
}
