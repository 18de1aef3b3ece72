import { InvalidArgumentError, Option, type Command } from 'commander';
import { EngineVariant } from '../../contract/engines.ts';
import { exitCodes } from '../cli/exitCodes.ts';
import { tellingProblems } from '../cli/tellProblem.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { doctorFindings } from './doctorFindings.ts';
import type { DoctorLine } from './doctorReport.ts';
import { doctorReport } from './doctorReport.ts';
import { describeEngines } from './describeEngines.ts';
import { describeInstallation } from './engineInstaller.ts';
import { createEngineRegistry } from './engineRegistry.ts';
import { wishOfEnvironment } from './engineWish.ts';
import { uninstallEngine, uninstallEngines } from './installEngine.ts';
import { installShowingProgress } from './installShowingProgress.ts';
import { locateTensorflowEngine } from './locateTensorflowEngine.ts';
import { testEngine } from './testEngine.ts';

/** Adds `engine list|install|uninstall|status` and `doctor` to the command line. */
export function registerEngineCommands(program: Command): void {
  const engine = program
    .command('engine')
    .description('What networks are trained on; native engines are installed once per user');
  engine
    .command('list')
    .description('test and measure the engines of this machine, and say which one trains')
    .option('--again', 'measure also what was measured before')
    .option('--json', 'one JSON object')
    .action((options: ListOptions) => tellingProblems(() => list(options)));
  engine
    .command('install')
    .argument('[variant]', 'cpu, or cuda for graphics processors of NVIDIA', variantNamed, 'cpu')
    .description('download libtensorflow and build its link to Node')
    .option('--from <wheel>', 'use a wheel file that is there already: nothing is downloaded')
    .addOption(new Option('--wheel <file>', 'as --from').hideHelp())
    .action((variant: EngineVariant, { from, wheel }: { from?: string; wheel?: string }) =>
      tellingProblems(() => install(variant, from ?? wheel)),
    );
  engine
    .command('uninstall')
    .argument('[variant]', 'cpu or cuda; both when left out', variantNamed)
    .description('remove the engine and everything downloaded for it')
    .action((variant: EngineVariant | undefined) => tellingProblems(() => uninstall(variant)));
  engine
    .command('status')
    .description('say which engine there is, and test it')
    .option('--json', 'one JSON object')
    .action(({ json = false }: { json?: boolean }) => tellingProblems(() => status(json)));
  program
    .command('doctor')
    .description('say what is present, what is missing, and how to mend it')
    .option('--json', 'one JSON object')
    .action(({ json = false }: { json?: boolean }) => tellingProblems(() => doctor(json)));
}

interface ListOptions {
  readonly again?: boolean;
  readonly json?: boolean;
}

function variantNamed(text: string): EngineVariant {
  const variant = EngineVariant.safeParse(text);
  if (variant.success) return variant.data;
  throw new InvalidArgumentError(`It must be ${EngineVariant.options.join(' or ')}.`);
}

async function list({ again = false, json = false }: ListOptions): Promise<void> {
  const engines = createEngineRegistry({ wish: wishOfEnvironment(), describe: describeInstallation });
  const known = await engines.measured(again ? 'all' : undefined);
  console.log(json ? JSON.stringify(known) : describeEngines(known));
  if (known.choice.engine === null) process.exitCode = exitCodes.engineMissing;
}

async function install(variant: EngineVariant, wheel: string | undefined): Promise<void> {
  const { manifest, folder, fresh } = await installShowingProgress({ variant, ...(wheel !== undefined && { wheel }) });
  console.log(`TensorFlow ${manifest.tensorflow} ${fresh ? 'is installed' : 'was installed already'}: ${folder.root}`);
}

async function uninstall(variant: EngineVariant | undefined): Promise<void> {
  const removed = variant === undefined ? await uninstallEngines() : (await uninstallEngine(variant)) ? [variant] : [];
  console.log(removed.length === 0 ? 'There was no engine to remove.' : `Removed ${removed.join(', ')}.`);
}

async function status(json: boolean): Promise<void> {
  const located = await locateTensorflowEngine();
  if (!located.ok) {
    if (!json) throw new HostFailure(located.problem);
    console.log(JSON.stringify({ state: 'missing', problem: located.problem }));
    process.exitCode = exitCodes.engineMissing;
    return;
  }
  const { addonPath, source } = located.value;
  const { version: tensorflow, kernels } = await testEngine(addonPath);
  if (json) console.log(JSON.stringify({ state: 'ready', tensorflow, source, addonPath, kernels }));
  else console.log(`TensorFlow ${tensorflow} works: ${addonPath}${kernelsInWords(kernels)}`);
}

function kernelsInWords(kernels: readonly string[]): string {
  return kernels.length === 0 ? '' : `, with kernels of our own for ${kernels.join(', ')}`;
}

async function doctor(json: boolean): Promise<void> {
  const lines = doctorReport(await doctorFindings());
  const canTrain = !lines.some((line) => line.stopsTraining);
  if (json) console.log(JSON.stringify({ canTrain, lines }));
  else console.log(doctorText(lines, canTrain));
  if (!canTrain) process.exitCode = 1;
}

const marks = { ok: 'ok     ', missing: 'missing', broken: 'broken ' } satisfies Record<DoctorLine['state'], string>;

function doctorText(lines: readonly DoctorLine[], canTrain: boolean): string {
  const width = Math.max(...lines.map(({ title }) => title.length));
  const indent = ' '.repeat(marks.ok.length + width + 4);
  const told = lines.flatMap(({ state, title, detail, mend, neededFor }) => {
    const first = `${marks[state]}  ${title.padEnd(width)}  ${detail.replaceAll('\n', `\n${indent}`)}`;
    return state === 'ok' ? [first] : [first, `${indent}needed for: ${neededFor}`, ...(mend ? [indent + mend] : [])];
  });
  const end = canTrain
    ? 'Skipwire can train on this machine.'
    : 'Skipwire cannot train on this machine yet: see above.';
  return [...told, '', end].join('\n');
}
