import { Command, CommanderError } from 'commander';
import { adoptEngine } from './cli/adoptEngine.ts';
import { registerCheckCommand } from './cli/checkCommand.ts';
import { registerCompareCommand } from './cli/compareCommand.ts';
import { registerDataCommand } from './cli/dataCommand.ts';
import { registerDiffCommand } from './cli/diffCommand.ts';
import { registerEvaluateCommand } from './cli/evaluateCommand.ts';
import { exitCodeHelp, exitCodes } from './cli/exitCodes.ts';
import { registerExportCommand } from './cli/exportCommand.ts';
import { registerGenerateCommand } from './cli/generateCommand.ts';
import { registerPredictCommand } from './cli/predictCommand.ts';
import { registerConvertCommand, registerImportCommand } from './cli/importCommand.ts';
import { registerProbeCommand } from './cli/probeCommand.ts';
import { registerSchemaCommand } from './cli/schemaCommand.ts';
import { registerRunsCommand } from './cli/runsCommand.ts';
import { registerServeCommand } from './cli/serveCommand.ts';
import { registerShareCommand } from './cli/shareCommand.ts';
import { registerSummaryCommand } from './cli/summaryCommand.ts';
import { registerSweepCommand } from './cli/sweepCommand.ts';
import { registerSweepsCommand } from './cli/sweepsCommand.ts';
import { registerTrainCommand } from './cli/trainCommand.ts';
import { registerTrialCommands } from './cli/trialCommands.ts';
import { registerTwinCommand } from './cli/twinCommand.ts';
import { registerVarianceCommand } from './cli/varianceCommand.ts';
import { registerEngineCommands } from './engines/engineCommands.ts';
import { registerWeightsCommand } from './cli/weightsCommand.ts';
import { problemOf } from './files/hostFailure.ts';
import { productVersion } from './files/productRoot.ts';

const program = new Command('skipwire')
  .description('Draw residual networks, train them natively, take them away as ONNX.')
  .version(productVersion)
  .addHelpText('after', exitCodeHelp)
  .showHelpAfterError('Add --help to see how it is used.')
  .exitOverride();

registerTrainCommand(program);
registerRunsCommand(program);
registerCompareCommand(program);
registerSweepCommand(program);
registerSweepsCommand(program);
registerTrialCommands(program);
registerExportCommand(program);
registerImportCommand(program);
registerConvertCommand(program);
registerWeightsCommand(program);
registerEvaluateCommand(program);
registerPredictCommand(program);
registerGenerateCommand(program);
registerSummaryCommand(program);
registerCheckCommand(program);
registerDiffCommand(program);
registerTwinCommand(program);
registerDataCommand(program);
registerProbeCommand(program);
registerVarianceCommand(program);
registerSchemaCommand(program);
registerShareCommand(program);
registerServeCommand(program);
registerEngineCommands(program);
// What is measured is used; nothing is measured for the sake of a short command.
const ENGINE_USERS: ReadonlySet<string> = new Set([
  ...['lr-find', 'batch-find', 'memory', 'variance', 'probe'],
  ...['evaluate', 'predict', 'generate', 'export', 'import', 'convert'],
]);
program.hook('preAction', async (_program, command) => {
  // Without any engine each says what it needs one for.
  if (ENGINE_USERS.has(command.name())) await adoptEngine().catch((error: unknown) => demandProblem(error));
});

// Commands made above take over from the program only what it had when they were made.
for (const command of program.commands.flatMap((one) => [one, ...one.commands])) {
  command.exitOverride().showHelpAfterError('Add --help to see how it is used.');
}

// Whoever reads the output may have seen enough (`| head`): that is no mistake of anybody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version come this way too, with exit code 0.
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.wrongUsage;
}

function demandProblem(error: unknown): void {
  if (problemOf(error) === undefined) throw error;
}
