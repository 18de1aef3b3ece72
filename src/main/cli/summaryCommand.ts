import type { Command } from 'commander';
import { formatShape } from '../../graph-engine/core/shape.ts';
import { openAdvice } from '../../graph-engine/advice/adviseDocument.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import type { InferredGraph, InferredNode } from '../../graph-engine/infer/inferredGraph.ts';
import { exitCodes } from './exitCodes.ts';
import { openRunOrDocument } from './openDocument.ts';
import { describeDiagnostic, tellingProblems } from './tellProblem.ts';

interface SummaryOptions {
  readonly json?: boolean;
  readonly expand?: boolean;
}

/** Adds `summary <document or run>`. */
export function registerSummaryCommand(program: Command): void {
  program
    .command('summary <document>')
    .description('list the layers with shapes, parameters and multiply-accumulates')
    .option('--expand', 'show what is inside the blocks')
    .option('--json', 'one JSON object with the totals')
    .action((file: string, options: SummaryOptions) => tellingProblems(() => summarize(file, options)));
}

async function summarize(file: string, { json = false, expand = false }: SummaryOptions): Promise<void> {
  const { document } = await openRunOrDocument(file);
  const inferred = inferDocument(document);
  const { parameters, trainableParameters, macs, activationBytes, nodes } = inferred.totals;
  const advice = openAdvice(document);
  if (json) {
    const told = advice.map(({ code, at, message, source }) => ({ code, at, message, source }));
    const totals = { parameters, trainableParameters, macs, activationBytes, nodes };
    console.log(JSON.stringify({ name: document.name, ...totals, advice: told }));
  } else {
    const rows = [
      ['node', 'kind', 'output', 'parameters', 'MACs', 'activations'],
      ...rowsOf(inferred.root, expand, ''),
    ];
    console.log(document.name);
    console.log(formatTable(rows));
    console.log(`${grouped(parameters)} parameters, ${grouped(trainableParameters)} of them trainable`);
    console.log(`${grouped(macs)} multiply-accumulates for one example, ${grouped(nodes)} nodes`);
    console.log(`${bytesOf(activationBytes)} of activations for one example as float32`);
  }
  for (const one of json ? [] : advice) console.log(describeDiagnostic(one));
  const errors = inferred.diagnostics.filter(({ severity }) => severity === 'error');
  for (const error of errors) console.error(describeDiagnostic(error));
  if (errors.length > 0) process.exitCode = exitCodes.wrongInput;
}

function rowsOf(graph: InferredGraph, expand: boolean, indent: string): string[][] {
  return graph.order.flatMap((id) => {
    const node = graph.nodes.get(id);
    if (node === undefined) return [];
    const instances = expand ? (node.instances ?? []) : [];
    const inside = instances.flatMap((instance, index) => [
      ...(instances.length > 1 ? [[`${indent}  [${index}]`, '', '', '', '', '']] : []),
      ...rowsOf(instance, expand, `${indent}    `),
    ]);
    return [rowOf(node, indent), ...inside];
  });
}

function rowOf(node: InferredNode, indent: string): string[] {
  const [output] = Object.values(node.outputs);
  return [
    `${indent}${node.name}`,
    kindOf(node),
    output === undefined ? '' : formatShape(output),
    grouped(node.totals.parameters),
    grouped(node.totals.macs),
    bytesOf(node.totals.activationBytes),
  ];
}

function kindOf({ node, instances, bypassed, muted }: InferredNode): string {
  const kind =
    'op' in node ? node.op : `${node.block}${(instances?.length ?? 1) === 1 ? '' : ` × ${instances?.length ?? 0}`}`;
  if (muted) return `${kind} (muted)`;
  return bypassed ? `${kind} (bypassed)` : kind;
}

/** Columns as wide as their widest cell; numbers to the right. */
function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `2.7 MB`, in powers of a thousand as the editor counts. */
function bytesOf(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${Number(value.toPrecision(3))} ${UNITS[unit]}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en').replaceAll(',', ' ');
}
