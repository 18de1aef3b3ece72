import type { Command } from 'commander';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { compareVariance, type ComparedPoint } from '../../graph-engine/variance/compareVariance.ts';
import { describeVariance } from '../../graph-engine/variance/describeVariance.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { createProbeClient } from '../probing/probeClient.ts';
import { openRunOrDocument } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface VarianceOptions {
  readonly measure: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

/** Adds `variance <document or run>`. */
export function registerVarianceCommand(program: Command): void {
  program
    .command('variance <document>')
    .description(
      'foretell how signals and gradients of a new network grow or die with depth, and measure it on a batch',
    )
    .option('--no-measure', 'foretell only; needs no engine')
    .option('--data <id>', 'another data set than the document names')
    .option('--json', 'one JSON object')
    .action((source: string, options: VarianceOptions) => tellingProblems(() => tellVariance(source, options)));
}

async function tellVariance(source: string, { measure, data, json = false }: VarianceOptions): Promise<void> {
  const { document: given } = await openRunOrDocument(source);
  const document = data === undefined ? given : { ...given, training: { ...given.training, data } };
  const error = inferDocument(document).diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined) {
    throw new HostFailure({
      code: 'document/has-errors',
      message: `The network has errors: ${error.message}`,
      remedy: '"skipwire check" lists them.',
    });
  }
  const points = compareVariance(document, measure ? await measured(document) : null);
  const findings = describeVariance(points);
  if (json) {
    console.log(JSON.stringify({ name: document.name, findings, points: points.map(pointOf) }));
    return;
  }
  console.log(table(points));
  for (const { text } of findings) console.log(text);
}

async function measured(document: Parameters<typeof compareVariance>[0]) {
  const client = createProbeClient();
  try {
    return await client.variance(document);
  } finally {
    await client.dispose();
  }
}

function pointOf({ path, op, depth, variance, gradient, measured }: ComparedPoint) {
  return {
    path,
    op,
    depth,
    predicted: { variance, gradient },
    measured: measured === null ? null : { variance: measured.variance, gradient: measured.gradient ?? null },
  };
}

function table(points: readonly ComparedPoint[]): string {
  const rows = points.map(({ path, depth, variance, gradient, measured }) => [
    String(depth),
    path,
    figure(variance),
    figure(measured?.variance),
    figure(gradient),
    figure(measured?.gradient),
  ]);
  const head = ['depth', 'node', 'variance foretold', 'measured', 'gradient² foretold', 'measured'];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column === 1 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  return value !== 0 && (value < 1e-3 || value >= 1e4) ? value.toExponential(2) : value.toPrecision(3);
}
