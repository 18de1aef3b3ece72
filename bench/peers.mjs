import { spawn, spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

export const root = path.join(import.meta.dirname, '..');
export const built = path.join(root, 'node_modules', '.cache', 'bench');
/** Threads of everybody. */
export const threads = Number(process.env['SKIPWIRE_BENCH_THREADS'] ?? os.availableParallelism());

const environment = {
  ...process.env,
  TF_NUM_INTRAOP_THREADS: String(threads),
  TF_NUM_INTEROP_THREADS: String(threads),
  OMP_NUM_THREADS: String(threads),
  TF_CPP_MIN_LOG_LEVEL: '3',
};

/** As `withHugePages` starts the product's engine process. The others run in the environment they find. */
const productEnvironment = { ...environment, GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

/**
 * @typedef {{ name: string, label: string, ask: (line: string) => Promise<any>, end: () => Promise<void>, spawnedAt: number }} PeerHandle
 */

/**
 * Starts a peer: a process that answers each line with a line of JSON.
 * @param {string} name
 * @param {string} label
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<PeerHandle>}
 */
export async function startPeer(name, label, program, args, env = environment) {
  const spawnedAt = performance.now();
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], cwd: root });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-4000)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    for (;;) {
      const line = await lines.next();
      if (line.done) throw new Error(`${label} ended: ${errors.trim().split('\n').slice(-3).join(' | ')}`);
      if (line.value.startsWith('{')) return JSON.parse(line.value);
    }
  };
  await next();
  return {
    name,
    label,
    spawnedAt,
    async ask(line) {
      child.stdin.write(`${line}\n`);
      return next();
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

/**
 * @param {string} [ownKernels] families of our own kernels that may be used, separated by commas; all when left out
 * @returns {Promise<PeerHandle>}
 */
export const startOurs = (ownKernels) =>
  startPeer(
    'skipwire',
    'Skipwire',
    process.execPath,
    [path.join(built, 'skipwirePeer.js'), ...(ownKernels === undefined ? [] : [ownKernels])],
    productEnvironment,
  );

/** A Python that can import torch, or why there is none. */
export function findTorch() {
  for (const python of [process.env['SKIPWIRE_PYTHON'], 'python3'].filter((name) => name !== undefined)) {
    const found = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' });
    if (found.status === 0) return { python, version: found.stdout.trim() };
  }
  return undefined;
}

/**
 * @param {number[]} values
 * @returns {number}
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  const high = sorted[sorted.length >> 1] ?? Number.NaN;
  return (low + high) / 2;
}

export async function buildPeers() {
  const vite = await import('vite');
  await vite.build({
    configFile: false,
    logLevel: 'warn',
    root,
    publicDir: false,
    build: {
      ssr: true,
      target: 'node20',
      outDir: built,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        input: {
          skipwirePeer: path.join(root, 'bench/skipwirePeer.ts'),
          wasmPeer: path.join(root, 'bench/wasmPeer.ts'),
          webgpuPeer: path.join(root, 'bench/webgpuPeer.ts'),
          tfLayersPeer: path.join(root, 'bench/tfLayersPeer.ts'),
          statisticsPeer: path.join(root, 'bench/statisticsPeer.ts'),
          frontEnd: path.join(root, 'bench/frontEnd.ts'),
          loopPeer: path.join(root, 'bench/loopPeer.ts'),
          onnxWriter: path.join(root, 'bench/onnxWriter.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  });
}
