import path from 'node:path';
import { runnerImport } from 'vite';
import { root } from './setUp.mjs';

/** One network of `npm run verify`, in a process of its own: `node scripts/verifyNetwork.mjs NAME BATCH`. Prints a line of JSON. */
const [, , name = '', batch = ''] = process.argv;
/** @param {string} file */
const load = async (file) => (await runnerImport(path.join(root, file), { configFile: false, root })).module;
const { verifyNetwork } = await load('tests/support/verifyNetwork.ts');
const { openTensorflowExecutor } = await load('src/main/executors/tensorflowExecutor.ts');
const executor = await openTensorflowExecutor();
try {
  console.log(JSON.stringify(await verifyNetwork(executor, name, Number(batch))));
} finally {
  await executor.dispose();
}
