import type { Command } from 'commander';
import { exitCodes } from '../cli/exitCodes.ts';
import { tellingProblems } from '../cli/tellProblem.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { doctorFindings } from './doctorFindings.ts';
import type { DoctorLine } from './doctorReport.ts';
import { doctorReport } from './doctorReport.ts';
import { uninstallEngines } from './installEngine.ts';
import { installShowingProgress } from './installShowingProgress.ts';
import { locateTensorflowEngine } from './locateTensorflowEngine.ts';
import { testEngine } from './testEngine.ts';

/** Adds `engine install|uninstall|status` and `doctor` to the command line. */
export function registerEngineCommands(program: Command): void {
  const engine = program.command('engine').description('The native TensorFlow engine, installed once per user');
  engine
    .command('install')
    .description('download libtensorflow with pip and build its link to Node')
    .option('--wheel <file>', 'use a wheel file that is there already: nothing is downloaded')
    .action(({ wheel }: { wheel?: string }) => tellingProblems(() => install(wheel)));
  engine
    .command('uninstall')
    .description('remove the engine and everything downloaded for it')
    .action(() => tellingProblems(uninstall));
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

async function install(wheel: string | undefined): Promise<void> {
  const { manifest, folder, fresh } = await installShowingProgress(wheel === undefined ? {} : { wheel });
  console.log(`TensorFlow ${manifest.tensorflow} ${fresh ? 'is installed' : 'was installed already'}: ${folder.root}`);
}

async function uninstall(): Promise<void> {
  const removed = await uninstallEngines();
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
  const tensorflow = await testEngine(addonPath);
  if (json) console.log(JSON.stringify({ state: 'ready', tensorflow, source, addonPath }));
  else console.log(`TensorFlow ${tensorflow} works: ${addonPath}`);
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
