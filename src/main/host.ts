import os from 'node:os';
import path from 'node:path';
import { createGpuPageAsker, provideGpuPages, type PagePort } from './engines/gpuPages.ts';
import { createHost } from './host/createHost.ts';
import { serveMessagePort, type Port } from './host/messagePortTransport.ts';
import { problemOf } from './files/hostFailure.ts';

/*
 * The engine host as a utility process of the desktop shell. The shell passes `--workspace DIR`, and sends one message
 * with a port for each window that wants to talk, and others about the hidden pages that it is asked for.
 */

interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown; ports: readonly (Port & PagePort)[] }) => void): void;
  postMessage(message: unknown): void;
}

const parentPort = (process as NodeJS.Process & { readonly parentPort?: ParentPort }).parentPort;
if (parentPort === undefined) throw new Error('host.js is started by the desktop shell; run "skipwire serve" instead');

const flag = process.argv.indexOf('--workspace');
const workspace = (flag === -1 ? undefined : process.argv[flag + 1]) ?? path.join(os.homedir(), 'Skipwire');

// A window may ask before the workspace is open.
const early: Port[] = [];
let serve = (port: Port): void => void early.push(port);
// Electron cannot compute on the graphics processor but in a page, which only the shell can open.
const pages = createGpuPageAsker((request) => parentPort.postMessage(request));
provideGpuPages(pages.open);
parentPort.on('message', ({ data, ports }) => {
  if (pages.receive(data, ports[0])) return;
  for (const port of ports) serve(port);
});

try {
  const host = await createHost({ workspace, warm: true });
  serve = (port) => serveMessagePort(host, port);
  for (const port of early) serve(port);
  process.once('SIGTERM', () => void host.dispose().finally(() => process.exit(0)));
  parentPort.postMessage({ kind: 'ready', workspace: host.workspace.root });
} catch (error) {
  const problem = problemOf(error);
  if (problem === undefined) throw error;
  parentPort.postMessage({ kind: 'failed', problem });
}
