import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadDocument } from '../src/graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../src/graph-engine/document/schema.ts';
import { resolveDims } from '../src/graph-engine/program/dims.ts';
import type { Entry } from '../src/graph-engine/program/program.ts';
import type { TensorData } from '../src/main/executors/compiledProgram.ts';
import { productRoot } from '../src/main/files/productRoot.ts';

/** A template with images of another size. */
export function openNetwork(network: string, size: number | undefined): SkipwireDocument {
  const loaded = loadDocument(readFileSync(path.join(productRoot, 'templates/networks', `${network}.json`), 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  if (size === undefined) return loaded.value;
  const document = structuredClone(loaded.value);
  for (const node of Object.values(document.graph.nodes)) {
    if ('op' in node && node.op === 'input') Object.assign(node.parameters, { height: size, width: size });
  }
  return document;
}

/** A cheap fixed pattern for every input, as values do not matter for time; five classes or words are known to all. */
export function feedsOf(train: Entry, batch: number): Record<string, TensorData> {
  const feeds: Record<string, TensorData> = { learningRate: Float32Array.of(0.01) };
  for (const { name, value } of train.inputs) {
    if (name === 'seed' || name === 'learningRate') continue;
    const length = resolveDims(value.dims, batch).reduce((product, dim) => product * dim, 1);
    feeds[name] =
      value.dtype === 'int32'
        ? Int32Array.from({ length }, (_, i) => i % 5)
        : Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898) * 1.7);
  }
  return feeds;
}
