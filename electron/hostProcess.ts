import { utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import { z } from 'zod';
import { HostProblem } from '../src/contract/contract.ts';
import { GpuPageRequest, type GpuPageNews } from '../src/contract/gpuPage.ts';
import { restartDelay } from './restartDelay.ts';

const HostReport = z.discriminatedUnion('kind', [
  GpuPageRequest,
  z.object({ kind: z.literal('ready'), workspace: z.string() }),
  z.object({ kind: z.literal('failed'), problem: HostProblem }),
]);

export interface HostProcessOptions {
  /** The built engine host. */
  readonly script: string;
  readonly workspace: string;
  /** The host says that it cannot start, or it has died too often. */
  readonly onFailure: (message: string, detail: string) => void;
  /** The host asks for a hidden page, or lets go of one. */
  readonly onGpuPage: (request: GpuPageRequest) => void;
}

export interface HostProcess {
  /** Gives one end of a channel to the host, starting it if need be. */
  connect(port: MessagePortMain): void;
  /** Tells the host of a hidden page; nobody hears it when the host has ended. */
  tellOfGpuPage(news: GpuPageNews, ports: MessagePortMain[]): void;
  /** Called whenever the host ends by itself. */
  onExit(listener: () => void): void;
  dispose(): void;
}

/**
 * The engine host in a process of its own, started anew when it ends by itself. Its ports close with it; windows must be
 * told to ask for new ones.
 */
export function startHostProcess({ script, workspace, onFailure, onGpuPage }: HostProcessOptions): HostProcess {
  const crashes: number[] = [];
  const exitListeners: (() => void)[] = [];
  let child: UtilityProcess | undefined;
  let restarting: NodeJS.Timeout | undefined;
  let disposed = false;
  let waiting: MessagePortMain[] = [];

  function start(): UtilityProcess {
    clearTimeout(restarting);
    const started = utilityProcess.fork(script, ['--workspace', workspace], {
      serviceName: 'Skipwire engine host',
      stdio: 'inherit',
    });
    child = started;
    started.on('message', (message: unknown) => {
      const report = HostReport.safeParse(message);
      if (!report.success || report.data.kind === 'ready') return;
      if (report.data.kind !== 'failed') {
        onGpuPage(report.data);
        return;
      }
      const { message: what, remedy } = report.data.problem;
      onFailure(what, remedy ?? '');
    });
    started.on('exit', () => {
      if (child === started) child = undefined;
      if (disposed) return;
      for (const listener of exitListeners) listener();
      const now = Date.now();
      crashes.push(now);
      const delay = restartDelay(crashes, now);
      if (delay === null) {
        onFailure('The engine host keeps ending.', 'Run "npx skipwire doctor" to find out why.');
        return;
      }
      restarting = setTimeout(start, delay);
    });
    for (const port of waiting) started.postMessage(null, [port]);
    waiting = [];
    return started;
  }

  start();
  return {
    connect(port) {
      if (child !== undefined) child.postMessage(null, [port]);
      else waiting.push(port);
    },
    tellOfGpuPage: (news, ports) => child?.postMessage(news, ports),
    onExit(listener) {
      exitListeners.push(listener);
    },
    dispose() {
      disposed = true;
      clearTimeout(restarting);
      child?.kill();
    },
  };
}
