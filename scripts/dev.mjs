import { spawn } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import path from 'node:path';
import { build, rendererConfig } from './build.mjs';
import { root, setUpEngine, setUpProject } from './setUp.mjs';

/**
 * `npm run dev`: the editor with hot reload over a real host. Edits of the renderer show at once; an edit of the host, the
 * contract or the graph engine builds and restarts the host, and the editor connects again. Arguments go to `skipwire serve`.
 */
const HOST_FOLDERS = ['src/main', 'src/contract', 'src/graph-engine'];
const QUIET_MS = 200;
const log = console.error;

await setUpProject(log);
await setUpEngine();
const first = await startHost('0');
const host = { child: first.child, port: new URL(first.address).port };
const { createServer } = await import('vite');
const target = `http://127.0.0.1:${host.port}`;
// The host answers its own address only: to it the page must seem to come from there.
const proxied = { target, changeOrigin: true, rewriteWsOrigin: true };
/** The renderer's own folder `files` lies at the address of the host's downloads: what is a source file stays here. */
const bypass = (/** @type {import('node:http').IncomingMessage} */ { url = '/' }) =>
  existsSync(path.join(root, 'src/renderer', new URL(url, target).pathname)) ? url : undefined;
const vite = await createServer({
  ...(await rendererConfig()),
  server: {
    host: '127.0.0.1',
    proxy: { '/host': { ...proxied, ws: true }, '/files': { ...proxied, bypass } },
    fs: { allow: [root] },
  },
});
await vite.listen();
showAddress(first.address);

/** @type {NodeJS.Timeout | undefined} */
let pending;
for (const folder of HOST_FOLDERS) {
  watch(path.join(root, folder), { recursive: true }, (_, name) => {
    if (name === null || /\.test\.ts$/.test(name)) return;
    clearTimeout(pending);
    pending = setTimeout(() => void restartHost(), QUIET_MS);
  });
}
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, () => {
    host.child.kill('SIGTERM');
    void vite.close().finally(() => process.exit(0));
  });
}

/**
 * @param {string} port
 * @returns {Promise<{ child: import('node:child_process').ChildProcess, address: string }>} the host and the address with its key
 */
async function startHost(port) {
  const command = [path.join(root, 'dist/main/cli.js'), 'serve', '--no-open', '--port', port, ...process.argv.slice(2)];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += String(data);
      const [found] = /http:\/\/\S+#token=\S+/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`The host ended (${code})`)));
  });
  return { child, address };
}

async function restartHost() {
  try {
    if ((await build({ only: ['main'], log })).length === 0) return;
    const ended = new Promise((resolve) => host.child.once('exit', resolve));
    host.child.kill('SIGTERM');
    await ended;
    const next = await startHost(host.port);
    host.child = next.child;
    log('The host was restarted; its key is new:');
    showAddress(next.address);
  } catch (error) {
    log(error instanceof Error ? error.message : error);
  }
}

/** @param {string} address of the host; the page is served by Vite, with the host's key */
function showAddress(address) {
  const page = vite.resolvedUrls?.local[0] ?? '';
  console.log(`Skipwire is at ${page}${new URL(address).hash}`);
}
