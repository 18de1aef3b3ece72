import path from 'node:path';
import type { Command } from 'commander';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import { isNetworkLink } from '../../graph-engine/sharing/linkFragment.ts';
import { describeLeft, describeTwin } from '../../graph-engine/twin/describeTwin.ts';
import { plainTwin } from '../../graph-engine/twin/plainTwin.ts';
import { refuseToReplace } from '../exports/exportRefusals.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { openRunOrDocument } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface TwinOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/** Adds `twin <document or run>`. */
export function registerTwinCommand(program: Command): void {
  program
    .command('twin <document>')
    .description(
      'make the same network without its skips, as the control of an experiment; also of the network of a run',
    )
    .option('-o, --out <file>', 'the document to write; a file that is there is replaced')
    .option('--json', 'one JSON object')
    .action((source: string, options: TwinOptions) => tellingProblems(() => makeTwin(source, options)));
}

async function makeTwin(source: string, { out, json = false }: TwinOptions): Promise<void> {
  const { document } = await openRunOrDocument(source);
  const made = plainTwin(document);
  if (!made.ok) throw new HostFailure(made.error);
  const { document: twin, ...told } = made.value;
  const target = out ?? `${isNetworkLink(source) ? 'network' : path.parse(path.resolve(source)).name}-plain-twin.json`;
  const file = path.resolve(target);
  // The twin is to stand beside the network, never in its place.
  await refuseToReplace(file, out !== undefined && file !== path.resolve(source));
  await writeAtomically(file, serializeDocument(twin));
  if (json) {
    console.log(JSON.stringify({ path: file, name: twin.name, ...told }));
    return;
  }
  console.log(describeTwin(made.value));
  for (const line of describeLeft(made.value)) console.log(line);
  console.log(`Wrote ${target}.`);
}
