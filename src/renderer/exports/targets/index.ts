import type { ExportTarget } from './exportTarget.ts';
import { onnxTarget } from './onnx/onnxTarget.tsx';
import { graphModelTarget, layersModelTarget, savedModelTarget } from './servingTargets.tsx';
import { kerasTarget, pytorchTarget } from './source/sourceTarget.tsx';
import { npzTarget, safetensorsTarget } from './weightsTargets.tsx';

/** Everything a network can be taken away as, in the order of the list. */
export const exportTargets: readonly [ExportTarget, ...ExportTarget[]] = [
  onnxTarget,
  pytorchTarget,
  kerasTarget,
  savedModelTarget,
  graphModelTarget,
  layersModelTarget,
  safetensorsTarget,
  npzTarget,
];

/** The name with the extension of a target in place of that of another. */
export function renamedFor(name: string, target: ExportTarget): string {
  const extensions = exportTargets.map(({ extension }) => extension.slice(1));
  const stem = name.replace(new RegExp(`\\.(json|${[...new Set(extensions)].join('|')})$`, 'i'), '');
  return (target.stem?.(stem) ?? stem) + target.extension;
}
