import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { hostileFormats } from './formats/index.ts';
import { SECRET, type HostileFormat, type Outcome } from './hostileFormat.ts';
import { rollDice } from './mutate.ts';

/*
 * Opens broken files one after the other: `hostileProcess.js '{"seed":1,"from":0,"to":2000,"keep":"folder"}'`. What is wrong is
 * told as it is found; who started this process sees when it dies or stands still, and starts another behind that file.
 */

interface Work {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Where files that are findings are written. */
  readonly keep: string;
  /** The kind of files that is opened; all of them when left out. */
  readonly only?: string;
}

/** Processor time that opening one file may take. */
const SECONDS = 2;
/** What the process may grow by while a file is opened: four times the file, and what decoders and the heap take in steps. */
const TIMES_THE_FILE = 4;
const STEP_BYTES = 96 * 2 ** 20;

const work = JSON.parse(process.argv[2] ?? '') as Work;
// In memory where the system offers that: a disk is slow at thousands of files that live for a moment.
const temporary = existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
const outside = await mkdtemp(path.join(temporary, 'skipwire-hostile-'));
const workspace = path.join(outside, 'workspace');
process.env['SKIPWIRE_CACHE'] = path.join(outside, 'cache');
await mkdir(workspace);
// Long enough to be taken for weights.
for (const name of ['secret', 'secret.json', 'secret.npy'])
  await writeFile(path.join(outside, name), SECRET.repeat(100));

const seeds = new Map<string, readonly Uint8Array[]>();
for (const format of hostileFormats) seeds.set(format.name, await format.seeds());

/** Whose turn it is: formats that open in an instant come more often. */
const turns = hostileFormats
  .filter(({ name }) => work.only === undefined || name === work.only)
  .flatMap((format) => Array.from({ length: format.turns }, () => format));

/** The broken file with this number, and whose it is. */
function makeCase(number: number): { format: HostileFormat; bytes: Uint8Array } {
  const dice = rollDice(work.seed, number);
  const format = turns[number % turns.length];
  const files = format === undefined ? undefined : seeds.get(format.name);
  if (format === undefined || files === undefined) throw new Error('There are no formats');
  return { format, bytes: format.mutate(dice.of(files), dice, dice.of(files)) };
}

async function openCase(number: number): Promise<void> {
  const { format, bytes } = makeCase(number);
  tell({ kind: 'opening', number, format: format.name });
  const [peak, cpu] = [process.resourceUsage().maxRSS, process.cpuUsage()];
  const outcome = await outcomeOf(format, bytes);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (user + system) / 1e6;
  const grown = 1024 * (process.resourceUsage().maxRSS - peak);
  const findings = [
    ...(typeof outcome === 'string' ? [outcome] : findFaults(outcome)),
    ...(seconds > SECONDS ? [`took ${seconds.toFixed(1)} s of processor time`] : []),
    ...(grown > STEP_BYTES + TIMES_THE_FILE * bytes.length
      ? [`grew the process by ${Math.round(grown / 2 ** 20)} MiB for ${bytes.length} bytes`]
      : []),
  ];
  const strays = (await readdir(outside)).filter((name) => !expectedOutside.has(name));
  if (strays.length > 0) findings.push(`wrote outside the workspace: ${strays.join(', ')}`);
  if (findings.length > 0) {
    await mkdir(work.keep, { recursive: true });
    await writeFile(path.join(work.keep, `${number}-${format.name.replaceAll(' ', '-')}`), bytes);
  }
  const opened = typeof outcome === 'object' && outcome.opened;
  tell({ kind: 'opened', number, format: format.name, opened, seconds, findings });
}

const expectedOutside = new Set(['workspace', 'cache', 'secret', 'secret.json', 'secret.npy']);

async function outcomeOf(format: HostileFormat, bytes: Uint8Array): Promise<Outcome | string> {
  try {
    return await format.open(bytes, workspace);
  } catch (error) {
    return `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

function findFaults(outcome: Outcome): string[] {
  if ('polluted' in {}) return ['reached the prototype of objects'];
  if (outcome.opened) return [];
  const { code, message } = outcome;
  if (!/^[a-z]+(-[a-z]+)*\/[a-z]+(-[a-z]+)*$/.test(code)) return [`was refused without a code: "${code}" ${message}`];
  if (!/^\P{Lu}?.{8,}/su.test(message)) return [`was refused without a reason: ${code} "${message}"`];
  return message.includes(SECRET) ? ['told what lies outside the workspace'] : [];
}

function tell(news: object): void {
  process.send?.(news);
}

for (let number = work.from; number < work.to; number++) await openCase(number);
await rm(outside, { recursive: true, force: true });
process.disconnect();
