import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import { refuseToReplace } from '../exports/exportRefusals.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { describeRow, takeWeights } from '../imports/takeWeights.ts';
import { openDocument } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface WeightsOptions {
  readonly out?: string;
  readonly table?: boolean;
  readonly json?: boolean;
}

/** How many weights that were not found are named without `--table`. */
const NAMED = 5;

/** Adds `weights <document> <checkpoint>`. */
export function registerWeightsCommand(program: Command): void {
  program
    .command('weights <document> <checkpoint>')
    .description(
      'let a network begin with the weights of a checkpoint of torchvision, timm, …: .safetensors, .npz, or .pth by torch.save',
    )
    .option('-o, --out <file>', 'the document to write; without it the document itself is told where its weights are')
    .option('--table', 'say of every weight where it was found')
    .option('--json', 'one JSON object, with the whole table')
    .action((document: string, checkpoint: string, options: WeightsOptions) =>
      tellingProblems(() => bringWeights(document, checkpoint, options)),
    );
}

async function bringWeights(
  source: string,
  checkpoint: string,
  { out = source, table = false, json = false }: WeightsOptions,
): Promise<void> {
  const document = await openDocument(source);
  if (path.resolve(out) !== path.resolve(source)) await refuseToReplace(path.resolve(out), false);
  // A missing checkpoint is told under its own name.
  await stat(checkpoint);
  const file = path.resolve(`${out.replace(/\.json$/i, '')}.weights.safetensors`);
  const { title, rows, unused } = await takeWeights(document, checkpoint, file);
  const way = path.relative(process.cwd(), file).split(path.sep).join('/');
  await writeAtomically(path.resolve(out), serializeDocument({ ...document, weights: way }));
  const found = rows.filter(({ kind }) => kind === 'matched').length;
  if (json) {
    const lines = rows.map((row) => ({
      weight: row.weight.variable,
      kind: row.kind,
      ...(row.kind === 'matched' && { tensor: row.place.tensor, part: row.place.part, of: row.place.of }),
      ...(row.kind === 'size' && { tensor: row.tensor, expected: row.expected, received: row.received }),
    }));
    console.log(
      JSON.stringify({
        path: path.resolve(out),
        weightsPath: file,
        names: title,
        found,
        wanted: rows.length,
        rows: lines,
        unused,
      }),
    );
    return;
  }
  console.log(`${found} of ${rows.length} weights found. The names are those of ${title}.`);
  const told = table ? rows : rows.filter(({ kind }) => kind !== 'matched').slice(0, NAMED);
  for (const row of told) console.log(`  ${describeRow(row)}`);
  const others = rows.length - found - told.length;
  if (!table && others > 0) console.log(`  and ${others} more, which begin as they are drawn; --table names all`);
  if (unused.length > 0) {
    const more = unused.length > NAMED ? ` and ${unused.length - NAMED} more` : '';
    console.log(`Not taken, as no weight of the network is called so: ${unused.slice(0, NAMED).join(', ')}${more}.`);
  }
  console.log(`Wrote ${way}, with which ${out} begins.`);
}
