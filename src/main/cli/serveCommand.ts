import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { HostFailure } from '../files/hostFailure.ts';
import { createToken } from '../host/accessGuard.ts';
import { createHost } from '../host/createHost.ts';
import { createOpeningKey } from '../host/openingKey.ts';
import { startEditorServer, type EditorServer, type ServerOptions } from '../host/webSocketTransport.ts';
import { exitCodes } from './exitCodes.ts';
import { tellingProblems } from './tellProblem.ts';

interface ServeOptions {
  readonly port?: number;
  readonly host: string;
  readonly workspace: string;
  readonly open: boolean;
}

/** Tried first when no port is asked for, so that bookmarks and tunnels keep working. */
const USUAL_PORT = 4747;

/** Adds `serve`. */
export function registerServeCommand(program: Command): void {
  program
    .command('serve')
    .description('open the editor in a browser, here or through an ssh tunnel')
    .option('--port <n>', `port to listen on (default: ${USUAL_PORT}, or another one if that is taken)`, port)
    .option(
      '--host <address>',
      'address to listen on; anything but this machine itself needs a trusted network',
      '127.0.0.1',
    )
    .option('--workspace <folder>', 'folder of the documents and runs', path.join(os.homedir(), 'Skipwire'))
    .option('--open', 'open the browser', false)
    .option('--no-open', 'only print the address')
    .action((options: ServeOptions) => tellingProblems(() => serve(options)));
}

async function serve(options: ServeOptions): Promise<void> {
  const host = await createHost({ workspace: path.resolve(options.workspace), warm: true });
  const token = createToken();
  const openingKey = options.open ? createOpeningKey() : undefined;
  let server: EditorServer;
  try {
    server = await listen({ host, workspace: host.workspace, token, openingKey, address: options.host }, options.port);
  } catch (error) {
    await host.dispose();
    throw error;
  }
  // Before the address is told: whoever reads it may end the program at once.
  const told = untilTold();
  const addressWith = (key: string): string => `http://${addressable(options.host)}:${server.port}/#token=${key}`;
  console.log(`Skipwire is at ${addressWith(token)}`);
  console.log(`Workspace: ${host.workspace.root}`);
  console.log('Whoever has this address can read and write the workspace. Stop with Ctrl-C.');
  if (openingKey !== undefined) openBrowser(addressWith(openingKey.key));
  await told;
  // A second Ctrl-C does not wait for weights to be saved.
  process.once('SIGINT', () => process.exit(130));
  await server.close();
  await host.dispose();
  // An engine may be under test, or be waited for, and nobody needs the answer any more.
  process.exit(exitCodes.ok);
}

/** Listens on the port asked for; without one, on the usual port or, when that is taken, on any. */
async function listen(options: Omit<ServerOptions, 'port'>, wanted: number | undefined): Promise<EditorServer> {
  if (wanted !== undefined) return startEditorServer({ ...options, port: wanted });
  try {
    return await startEditorServer({ ...options, port: USUAL_PORT });
  } catch (error) {
    if (!(error instanceof HostFailure) || error.problem.code !== 'server/port-taken') throw error;
    console.error(`${error.problem.message} Another one is taken instead.`);
    return startEditorServer({ ...options, port: 0 });
  }
}

function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** An address that a browser on this machine can use. */
function addressable(address: string): string {
  if (address === '0.0.0.0' || address === '::') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}

function openBrowser(address: string): void {
  const [program, ...given]: [string, ...string[]] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""', address]
        : ['xdg-open', address];
  // No browser is no reason to fall: the address is printed.
  spawn(program, given, { detached: true, stdio: 'ignore' })
    .on('error', () => undefined)
    .unref();
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  }
  return value;
}
