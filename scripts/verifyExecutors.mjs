import path from 'node:path';
import { parseArgs } from 'node:util';
import { runWatched } from './runWatched.mjs';
import { root, setUpEngine, SetUpError, setUpProject } from './setUp.mjs';

const usage = `npm run verify:executors -- [engine ...]
Trains ResNet-20, the mini GPT and the padded U-Net (reduced) for twenty steps on every engine of this machine, or on those
named, from the same seed: initial weights, masks and losses must agree, the losses within ${1e-3} of each other. Engines that
are not here are told, with the reason.
  --network NAME   only this network`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { network: { type: 'string' }, help: { type: 'boolean', default: false } },
});
if (options.help) {
  console.log(usage);
  process.exit(0);
}

/** Relative; sums in other orders part by 1e-7 a value, and twenty steps make more of it. */
const TOLERANCE = 1e-3;
const MEMORY = 8e9;
const program = path.join(root, 'scripts/verifyNetwork.mjs');
const networks = ['resnet-20', 'mini-gpt', 'u-net-padded'].filter(
  (name) => options.network === undefined || name === options.network,
);
const engines = positionals.length > 0 ? positionals : ['tensorflow', 'cuda', 'webgpu', 'wasm'];

try {
  await setUpProject(console.error);
  await setUpEngine();
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exit(1);
}

/** @type {Map<string, Map<string, { losses: number[], stepMs: number, engine: string }>>} */
const results = new Map(networks.map((name) => [name, new Map()]));
for (const engine of engines) {
  for (const name of networks) {
    const { report, problem } = await runWatched([program, 'executor', name, engine], MEMORY);
    if (report === undefined || report.problem !== undefined) {
      console.log(`${engine}: not here. ${report?.problem ?? problem}`);
      break;
    }
    results.get(name)?.set(engine, report);
    const { losses, stepMs, engine: described } = report;
    console.log(
      `${engine} (${described}): ${name}, ${stepMs.toFixed(0)} ms a step, loss ${losses[0]?.toFixed(5)} to ${losses.at(-1)?.toFixed(5)}`,
    );
  }
}

let failed = 0;
let compared = 0;
for (const [name, trained] of results) {
  const present = [...trained];
  console.log(`\n${name}: largest relative difference of twenty losses`);
  console.log([''.padEnd(12), ...present.map(([engine]) => engine.padStart(12))].join(''));
  for (const [row, one] of present) {
    const cells = present.map(([column, other]) => {
      if (row === column) return '-'.padStart(12);
      const difference = Math.max(...one.losses.map((loss, i) => Math.abs(loss / (other.losses[i] ?? Number.NaN) - 1)));
      if (row < column) {
        compared += 1;
        if (!(difference <= TOLERANCE)) failed += 1;
      }
      return difference.toExponential(1).padStart(12);
    });
    console.log(row.padEnd(12) + cells.join(''));
  }
}
console.log(`\n${compared - failed} of ${compared} pairs agree within ${TOLERANCE}`);
process.exitCode = failed > 0 || compared === 0 ? 1 : 0;
