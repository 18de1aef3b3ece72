import { InvalidArgumentError, Option, type Command } from 'commander';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import type { Lesion } from '../../graph-engine/lower/lowerProbe.ts';
import { colourMaps, type ColourMapName } from '../../graph-engine/probe/colourMap.ts';
import type { ValueReading } from '../../graph-engine/probe/valueReading.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { drawReading } from '../probing/drawReading.ts';
import { encodeNpy } from '../probing/encodeNpy.ts';
import { createProbeClient } from '../probing/probeClient.ts';
import type { ProbedReading, ProbeDescription, ProbeTask } from '../probing/probeMessages.ts';
import { weightsOfRun } from '../runs/weightsOfRun.ts';
import { openRunOrDocument } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface ProbeOptions {
  readonly sample: number;
  readonly node?: readonly string[];
  readonly weights: 'best' | 'last' | 'initial';
  readonly data?: string;
  readonly bypass?: readonly string[];
  readonly mute?: readonly string[];
  readonly png?: string;
  readonly colours: ColourMapName;
  readonly npy?: string;
  readonly json?: boolean;
}

/** Adds `probe <document or run>`. */
export function registerProbeCommand(program: Command): void {
  const several = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
  program
    .command('probe <source>')
    .description('send a real sample through a network and tell what comes out of its nodes')
    .option('--sample <n>', 'number of the sample in the data set', wholeNumber, 0)
    .option(
      '--node <path>',
      'a node such as "stage2[3].add"; several may be named; all at the root by default',
      several,
    )
    .addOption(
      new Option('--weights <which>', 'of a run: the best, the last or initial ones')
        .choices(['best', 'last', 'initial'])
        .default('best'),
    )
    .option('--data <id>', 'another data set than the document names')
    .option('--bypass <path>', 'pass a node by, for this look', several)
    .option('--mute <path>', 'let zeros come out of a node, for this look', several)
    .option('--png <file>', 'write a picture of the first node')
    .addOption(
      new Option('--colours <map>', 'colours of the picture').choices(Object.keys(colourMaps)).default('viridis'),
    )
    .option('--npy <file>', 'write the numbers of the first node for NumPy')
    .option('--json', 'one JSON object for each value')
    .action((source: string, options: ProbeOptions) => tellingProblems(() => probe(source, options)));
}

async function probe(source: string, options: ProbeOptions): Promise<void> {
  const { document: given, runFolder } = await openRunOrDocument(source);
  const document =
    options.data === undefined ? given : { ...given, training: { ...given.training, data: options.data } };
  const lesions = [
    ...(options.bypass ?? []).map((one): readonly [string, Lesion] => [one, 'bypass']),
    ...(options.mute ?? []).map((one): readonly [string, Lesion] => [one, 'mute']),
  ];
  const target: ProbeTask['target'] = {
    document,
    network: networkFingerprint(document),
    weights:
      runFolder === null || options.weights === 'initial'
        ? { seed: document.training.seed }
        : weightsOfRun(runFolder, options.weights),
    weightsKey: 'the only ones',
    lesions,
  };
  const client = createProbeClient();
  try {
    const description = await client.describe(target);
    const paths = options.node ?? description.paths.filter((one) => !/[.[]/.test(one));
    requireKnown(paths, description);
    const { samples } = await client.samples({ target, from: options.sample, count: 1, search: '' });
    const wish = { detail: 'whole', style: 'tiles' } as const;
    const raw = options.npy !== undefined;
    const { readings } = await client.read({ target, sample: options.sample, paths, wish, raw }, 'command line');
    // As they were named, not as they are computed.
    const ordered = paths.flatMap((one) => readings.filter((reading) => reading.path === one));
    if (options.json === true) {
      for (const { path: node, port, reading } of ordered) {
        const { picture: _picture, ...facts } = reading;
        console.log(JSON.stringify({ sample: options.sample, node, port, ...facts }));
      }
    } else {
      const label = samples[0]?.label ?? '';
      console.log(`${description.data}, sample ${options.sample}${label === '' ? '' : `: ${label}`}`);
      console.log(table(ordered));
      for (const line of ordered.flatMap((one) => answerLines(one, description))) console.log(line);
    }
    await writePictures(ordered[0], options);
  } finally {
    await client.dispose();
  }
}

function requireKnown(paths: readonly string[], { paths: known }: ProbeDescription): void {
  const unknown = paths.find((one) => !known.includes(one));
  if (unknown === undefined) return;
  const last = unknown.split('.').at(-1) ?? unknown;
  const near = known.filter((one) => one.endsWith(last) || one.startsWith(unknown)).slice(0, 5);
  throw new HostFailure({
    code: 'probe/no-such-node',
    message: `There is nothing at "${unknown}" in this network.`,
    expected: near.length > 0 ? `such as ${near.join(', ')}` : `such as ${known.slice(0, 5).join(', ')}`,
    received: unknown,
  });
}

async function writePictures(first: ProbedReading | undefined, { png, npy, colours }: ProbeOptions): Promise<void> {
  if (first === undefined) return;
  if (png !== undefined) {
    const drawn = drawReading(first.reading.picture, colours);
    if (drawn === undefined) {
      throw new HostFailure({
        code: 'probe/no-picture',
        message: `"${first.path}" is text; there is no picture of it.`,
      });
    }
    await writeAtomically(png, drawn);
  }
  if (npy !== undefined && first.raw !== undefined) {
    const dims = first.reading.axes.map(({ size }) => size);
    await writeAtomically(npy, encodeNpy(first.raw, dims));
  }
}

function table(readings: readonly ProbedReading[]): string {
  const several = new Set(readings.filter(({ port }) => port !== 'output').map(({ path: one }) => one));
  const rows = readings.map(({ path: one, port, reading: { axes, statistics, channels } }) => [
    several.has(one) ? `${one} ${port}` : one,
    axes.map(({ size }) => size).join('×') || 'scalar',
    figure(statistics.minimum),
    figure(statistics.maximum),
    figure(statistics.mean),
    figure(statistics.deviation),
    `${Math.round(statistics.zeros * 100)} %`,
    channels.dead === 0 ? '' : `${channels.dead} of ${channels.count}`,
    statistics.notFinite === 0 ? '' : `${statistics.notFinite} not finite`,
  ]);
  const all = [['node', 'shape', 'min', 'max', 'mean', 'std', 'zeros', 'dead', ''], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function figure(value: number): string {
  return value === 0
    ? '0'
    : Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5
      ? value.toPrecision(4)
      : value.toExponential(2);
}

/** What the outputs say, in words. */
function answerLines({ path: node, reading }: ProbedReading, { choices }: ProbeDescription): string[] {
  const answer: ValueReading['answer'] = reading.answer;
  const names = choices[node];
  if (answer?.kind === 'choices') {
    const best = answer.indices.slice(0, 3).map((index, place) => {
      const share = ((answer.shares[place] ?? 0) * 100).toFixed(1);
      return `${names?.[index] ?? index} ${share} %`;
    });
    return [`${node}: ${best.join(', ')}`];
  }
  if (answer?.kind === 'tokens') return [`${node}: ${answer.tokens.map((token) => names?.[token] ?? '?').join('')}`];
  if (answer?.kind === 'values') {
    const shown = answer.values.slice(0, 12).map((value, index) => `${names?.[index] ?? index} ${figure(value)}`);
    return [`${node}: ${shown.join(', ')}`];
  }
  return [];
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number from 0 on.');
  return value;
}
