import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFileLock } from './fileLock.mjs';

const root = path.join(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const NODE_TARGET = 'node20';
const simdSources = 'src/main/executors/wasm/simd/assembly';

/**
 * What is built, into which folder of dist, from which folders.
 * @typedef {{ name: 'renderer' | 'main' | 'electron' | 'simd' | 'gpuPage', inputs: string[], entries: Record<string, string> }} Target
 * @type {Target[]}
 */
const targets = [
  {
    name: 'renderer',
    inputs: ['src/renderer', 'src/graph-engine', 'src/contract', 'templates', 'assets'],
    entries: { index: 'src/renderer/index.html' },
  },
  {
    name: 'main',
    inputs: ['src/main', 'src/graph-engine', 'src/contract'],
    entries: {
      // The engine host: Electron's utility process, and `skipwire serve`.
      host: 'src/main/host.ts',
      cli: 'src/main/cli.ts',
      // Children that load native code and may die: libtensorflow, onnxruntime.
      engineProcess: 'src/main/engineProcess.ts',
      verifyProcess: 'src/main/verifyProcess.ts',
      verifyServedProcess: 'src/main/verifyServedProcess.ts',
      // A thread of the engine's process.
      checkpointWorker: 'src/main/checkpointWorker.ts',
      engineSelfTest: 'src/main/engines/engineSelfTest.ts',
      // Tests and measures one engine.
      engineProbe: 'src/main/engineProbe.ts',
      // A thread that makes batches while a step is computed.
      batchWorker: 'src/main/batchWorker.ts',
      // A thread that reads HDF5 files, and may be ended.
      hdf5Worker: 'src/main/hdf5Worker.ts',
      // A child that reads files of the user, which may be hostile, for the editor.
      dataProcess: 'src/main/dataProcess.ts',
      // A child that imports one model for the editor.
      importProcess: 'src/main/importProcess.ts',
      // What the set-up scripts call once there is a build.
      setup: 'src/main/engines/setup.ts',
    },
  },
  {
    // What the desktop's hidden page runs: the executor on the graphics processor.
    name: 'gpuPage',
    inputs: ['src/main/executors', 'src/main/files', 'src/graph-engine', 'src/contract'],
    entries: { index: 'src/main/executors/webgpu/page/index.html' },
  },
  {
    name: 'electron',
    inputs: ['electron', 'src/contract', 'src/graph-engine'],
    entries: { main: 'electron/main.ts', preload: 'electron/preload.ts', gpuPreload: 'electron/gpuPreload.ts' },
  },
  {
    // The functions of the WebAssembly executor: AssemblyScript, to a module for each kind of engine.
    name: 'simd',
    inputs: [simdSources],
    entries: { plain: `${simdSources}/index.ts`, fused: `${simdSources}/index.ts` },
  },
];

/**
 * Builds what is stale; a target whose inputs have not changed since its last build is left alone.
 * @param {{ only?: Target['name'][], force?: boolean, log?: (line: string) => void }} [options]
 * @returns {Promise<Target['name'][]>} the targets that were built
 */
export async function build({ only, force = false, log = console.error } = {}) {
  const wanted = targets.filter((target) => only === undefined || only.includes(target.name));
  if (!force && wanted.every(isFresh)) return [];
  mkdirSync(dist, { recursive: true });
  // Two builds of one checkout wait for each other; the second finds nothing left to do.
  return withFileLock(path.join(dist, '.build.lock'), async () => {
    /** @type {Target['name'][]} */
    const built = [];
    for (const target of wanted) {
      if (!force && isFresh(target)) continue;
      const started = performance.now();
      const stamp = stampOf(target);
      if (await buildTarget(target, log)) {
        writeFileSync(path.join(dist, target.name, '.stamp'), stamp);
        built.push(target.name);
        log(`built dist/${target.name} in ${Math.round(performance.now() - started)} ms`);
      }
    }
    return built;
  });
}

/** @param {Target} target */
function isFresh(target) {
  const file = path.join(dist, target.name, '.stamp');
  return existsSync(file) && readFileSync(file, 'utf8') === stampOf(target);
}

/**
 * @param {Target} target
 * @returns {string} changes when any input is written, added or removed
 */
function stampOf(target) {
  const hash = createHash('sha256');
  /** @param {string} file */
  const add = (file) => {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${path.relative(root, file)} ${mtimeMs} ${size}\n`);
  };
  for (const file of ['package.json', 'package-lock.json', 'scripts/build.mjs']) add(path.join(root, file));
  for (const folder of target.inputs.map((name) => path.join(root, name))) {
    if (!existsSync(folder)) continue;
    const names = readdirSync(folder, { recursive: true, withFileTypes: true });
    for (const entry of names) {
      if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name)) add(path.join(entry.parentPath, entry.name));
    }
  }
  return hash.digest('hex');
}

/**
 * @param {Target} target
 * @param {(line: string) => void} log
 * @returns {Promise<boolean>} false when no entry of the target exists
 */
async function buildTarget(target, log) {
  const present = Object.entries(target.entries).filter(([, file]) => {
    const found = existsSync(path.join(root, file));
    if (!found) log(`skipped ${file}: there is no such file`);
    return found;
  });
  if (present.length === 0) return false;

  // Built aside and renamed, so that nothing ever runs half a build.
  const aside = path.join(dist, `.building-${target.name}-${process.pid}`);
  rmSync(aside, { recursive: true, force: true });
  try {
    if (target.name === 'renderer') await buildRenderer(aside);
    else if (target.name === 'gpuPage') await buildGpuPage(aside);
    else if (target.name === 'main') await buildNode(aside, Object.fromEntries(present));
    else if (target.name === 'simd') for (const entry of present) await buildSimd(aside, entry);
    else for (const entry of present) await buildElectron(aside, entry);
    rmSync(path.join(dist, target.name), { recursive: true, force: true });
    renameSync(aside, path.join(dist, target.name));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return true;
}

/** What building and serving the renderer have in common. */
export async function rendererConfig() {
  const [react, tailwind] = await Promise.all([import('@vitejs/plugin-react'), import('@tailwindcss/vite')]);
  return {
    configFile: /** @type {const} */ (false),
    root: path.join(root, 'src/renderer'),
    // Served over http, over the app: protocol, and perhaps under a path: no address may be absolute.
    base: './',
    publicDir: /** @type {const} */ (false),
    plugins: [react.default(), tailwind.default()],
    worker: { format: /** @type {const} */ ('es') },
  };
}

/** @param {string} outDir */
async function buildRenderer(outDir) {
  const vite = await import('vite');
  // Tests build what users run: under their environment, React would be the slow one for development.
  const { NODE_ENV } = process.env;
  process.env['NODE_ENV'] = 'production';
  try {
    await vite.build({
      ...(await rendererConfig()),
      logLevel: 'warn',
      build: { outDir, emptyOutDir: false, target: 'es2023', sourcemap: true, chunkSizeWarningLimit: 2_000 },
    });
  } finally {
    if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = NODE_ENV;
  }
}

/** @param {string} outDir */
async function buildGpuPage(outDir) {
  const vite = await import('vite');
  await vite.build({
    configFile: false,
    logLevel: 'warn',
    root: path.join(root, 'src/main/executors/webgpu/page'),
    base: './',
    publicDir: false,
    build: { outDir, emptyOutDir: false, target: 'es2023', sourcemap: true, chunkSizeWarningLimit: 3_000 },
  });
}

/**
 * @param {string} outDir
 * @param {Record<string, string>} entries
 */
async function buildNode(outDir, entries) {
  const vite = await import('vite');
  await vite.build({
    configFile: false,
    logLevel: 'warn',
    root,
    publicDir: false,
    build: {
      ssr: true,
      target: NODE_TARGET,
      outDir,
      emptyOutDir: false,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, path.join(root, file)])),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  });
}

/**
 * A sandboxed preload script is CommonJS in one file; the main process is a module.
 * @param {string} outDir
 * @param {[name: string, file: string]} entry
 */
async function buildElectron(outDir, [name, file]) {
  const vite = await import('vite');
  const preload = /preload$/i.test(name);
  await vite.build({
    configFile: false,
    logLevel: 'warn',
    root,
    publicDir: false,
    ssr: preload ? { noExternal: true, external: ['electron'] } : { external: ['electron'] },
    build: {
      ssr: true,
      target: NODE_TARGET,
      outDir,
      emptyOutDir: false,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: { [name]: path.join(root, file) },
        output: { format: preload ? 'cjs' : 'es', entryFileNames: preload ? '[name].cjs' : '[name].js' },
      },
    },
  });
}

/**
 * The memory is imported and holds nothing of the module: it has no data and no stack.
 * @param {string} outDir
 * @param {[name: string, file: string]} entry
 */
async function buildSimd(outDir, [name, file]) {
  const { default: compiler } = await import('assemblyscript/asc');
  const { error, stderr } = await compiler.main([
    ...[path.join(root, file), '--outFile', path.join(outDir, `${name}.wasm`)],
    ...['--runtime', 'stub', '--importMemory', '--noExportMemory', '--use', 'abort='],
    ...['--optimizeLevel', '2', '--noAssert', '--enable', name === 'fused' ? 'simd,relaxed-simd' : 'simd'],
  ]);
  if (error !== null) throw new Error(`${file} does not compile:\n${stderr.toString()}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  const built = await build({ force: process.argv.includes('--force') });
  if (built.length === 0) console.error(`nothing to build (${Math.round(performance.now() - started)} ms)`);
}
