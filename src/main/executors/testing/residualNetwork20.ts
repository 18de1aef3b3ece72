import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadDocument } from '../../../graph-engine/document/loadDocument.ts';
import { lowerDocument, type LoweredDocument } from '../../../graph-engine/lower/lowerDocument.ts';
import { OptimizerSettings } from '../../../graph-engine/program/optimizers/settings.ts';
import { normal } from '../../../graph-engine/random/distributions.ts';
import { createWordStream, domains } from '../../../graph-engine/random/philox.ts';
import { productRoot } from '../../files/productRoot.ts';

const PIXELS = 32 * 32 * 3;

/** Images `[batch, 32, 32, 3]` of normal pixels whose mean follows the class, as the scripts in tests/oracles make them. */
export function imagesOfStep(
  { seed, batch }: { readonly seed: number; readonly batch: number },
  step: number,
): { images: Float32Array; labels: Int32Array } {
  const labels = Int32Array.from({ length: batch }, (_, i) => (i * 7 + step) % 10);
  const images = new Float32Array(batch * PIXELS);
  normal(createWordStream([seed, step], 0, domains.data), 1, images);
  for (let i = 0; i < images.length; i++) {
    const mean = Math.fround(Math.fround((labels[Math.floor(i / PIXELS)] ?? 0) / 10) - 0.5);
    images[i] = (images[i] ?? 0) + mean;
  }
  return { images, labels };
}

/** The template ResNet-20 with the optimizer of the scripts, lowered. */
export function residualNetwork20(
  optimizer: 'momentum' | 'adam',
  options?: Parameters<typeof lowerDocument>[1],
): LoweredDocument {
  const loaded = loadDocument(readFileSync(path.join(productRoot, 'templates/networks/resnet-20.json'), 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const settings = OptimizerSettings.parse({ kind: optimizer, weightDecay: optimizer === 'momentum' ? 1e-4 : 0 });
  const lowered = lowerDocument(
    { ...loaded.value, training: { ...loaded.value.training, optimizer: settings } },
    options,
  );
  if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
  return lowered.value;
}
