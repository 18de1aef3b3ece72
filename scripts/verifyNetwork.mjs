import path from 'node:path';
import { runnerImport } from 'vite';
import { root } from './setUp.mjs';

/**
 * One network of `npm run verify`, in a process of its own: `node scripts/verifyNetwork.mjs train NAME BATCH` or
 * `node scripts/verifyNetwork.mjs onnx NAME`. Prints a line of JSON.
 */
const [, , what = '', name = '', batch = ''] = process.argv;
/** @param {string} file */
const load = async (file) => (await runnerImport(path.join(root, file), { configFile: false, root })).module;
const { openTensorflowExecutor } = await load('src/main/executors/tensorflowExecutor.ts');
const executor = await openTensorflowExecutor();
try {
  const report =
    what === 'onnx'
      ? await (await load('tests/support/verifyOnnxExport.ts')).verifyOnnxExport(executor, name)
      : await (await load('tests/support/verifyNetwork.ts')).verifyNetwork(executor, name, Number(batch));
  console.log(JSON.stringify(report));
} finally {
  await executor.dispose();
}
