import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadDocument } from '../src/graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../src/graph-engine/document/schema.ts';
import { inferDocument } from '../src/graph-engine/infer/inferDocument.ts';
import { lowerDocument } from '../src/graph-engine/lower/lowerDocument.ts';
import { emitTensorflowGraph } from '../src/graph-engine/targets/tensorflow/emitTensorflowGraph.ts';
import { productRoot } from '../src/main/files/productRoot.ts';

/**
 * What happens to a network before an engine has it, each for the first time in a fresh process: `node frontEnd.js NETWORK`.
 * Prints milliseconds of the processor as JSON, which what else the machine does changes little.
 */
const network = process.argv[2] ?? 'resnet-152';

function timed<T>(run: () => T): { readonly value: T; readonly ms: number } {
  const before = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(before);
  return { value, ms: (user + system) / 1000 };
}

function opened(): SkipwireDocument {
  const loaded = loadDocument(readFileSync(path.join(productRoot, 'templates/networks', `${network}.json`), 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value;
}

/** The document with one number of one node changed; everything else is the same object. */
function edited(document: SkipwireDocument, units: number): SkipwireDocument {
  const entry = Object.entries(document.graph.nodes).find(([, node]) => 'op' in node && node.op === 'dense');
  if (entry === undefined) throw new Error(`${network} has no dense layer`);
  const [id, node] = entry;
  const changed = { ...node, parameters: { ...node.parameters, units } };
  return { ...document, graph: { ...document.graph, nodes: { ...document.graph.nodes, [id]: changed } } };
}

const open = timed(opened);
const infer = timed(() => inferDocument(open.value));
const edits = Array.from({ length: 9 }, (_, i) => timed(() => inferDocument(edited(open.value, 5 + i))).ms);
const lower = timed(() => lowerDocument(open.value));
const { value: lowered } = lower;
if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
const emit = timed(() => emitTensorflowGraph(lowered.value.program));
process.stdout.write(
  `${JSON.stringify({
    network,
    openMs: open.ms,
    inferMs: infer.ms,
    editMs: edits.sort((a, b) => a - b)[4],
    lowerMs: lower.ms,
    emitMs: emit.ms,
    instructions: lowered.value.program.entries['train']?.instructions.length,
    bytes: emit.value.savedModel.length,
  })}\n`,
);
