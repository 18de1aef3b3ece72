import { existsSync } from 'node:fs';
import path from 'node:path';
import { createServer, runnerImport } from 'vite';
import { root } from './setUp.mjs';

/**
 * One network of `npm run verify`, in a process of its own: `node scripts/verifyNetwork.mjs train NAME BATCH`,
 * `node scripts/verifyNetwork.mjs onnx NAME` or `import NAME`, and one training of `npm run verify:executors`: `executor NAME ENGINE`. Prints a
 * line of JSON. `source NAME` has its source run by Python.
 */
const [, , what = '', name = '', detail = ''] = process.argv;
/** @param {string} file */
const load = async (file) => (await runnerImport(path.join(root, file), { configFile: false, root })).module;
if (what === 'executor') await trainOn(detail);
if (what === 'source') {
  console.log(JSON.stringify(await (await load('tests/support/verifySource.ts')).verifySource(name)));
  process.exit(0);
}
const { openTensorflowExecutor } = await load('src/main/executors/tensorflowExecutor.ts');
const executor = await openTensorflowExecutor();
try {
  const report = await reportOn(what);
  console.log(JSON.stringify(report));
} finally {
  await executor.dispose();
}

/** @param {string} what */
async function reportOn(what) {
  switch (what) {
    case 'onnx':
      return (await load('tests/support/verifyOnnxExport.ts')).verifyOnnxExport(executor, name);
    case 'import':
      return (await load('tests/support/verifyOnnxImport.ts')).verifyOnnxImport(executor, name);
    default:
      return (await load('tests/support/verifyNetwork.ts')).verifyNetwork(executor, name, Number(detail));
  }
}

/**
 * Engines load what they are made of when they are opened, so the server that translates it must live as long.
 * @param {string} engine
 */
async function trainOn(engine) {
  const server = await createServer({
    configFile: false,
    root,
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  const { engineKindNamed } = await server.ssrLoadModule('/src/main/engines/engineKinds.ts');
  const { trainForComparison } = await server.ssrLoadModule('/tests/support/compareExecutors.ts');
  const kind = engineKindNamed(engine);
  const located = await kind.locate();
  if (!located.ok) {
    console.log(JSON.stringify({ problem: located.problem.message }));
    process.exit(0);
  }
  if (engine === 'webgpu' && !existsSync('/dev/dri') && !existsSync('/dev/nvidia0')) {
    // Without a graphics processor a software one shows that the shaders are right; it says nothing of their speed.
    const software = await server.ssrLoadModule('/src/main/executors/webgpu/testing/softwareAdapter.ts');
    if (software.hasSoftwareAdapter()) software.useSoftwareAdapter();
  }
  const executor = await kind.open();
  console.log(JSON.stringify({ ...(await trainForComparison(executor, name)), engine: executor.name }));
  process.exit(0);
}
