import type { CompiledProgram } from '../compiledProgram.ts';
import type { ExecutorPort } from '../remote/executorMessages.ts';
import { executorPort } from '../remote/messagePort.ts';
import { openRemoteExecutor } from '../remote/remoteExecutor.ts';
import { serveExecutor } from '../remote/serveExecutor.ts';

/** Messages that crossed a port, either way. */
export interface Crossings {
  requests: number;
  answers: number;
}

/** A port that counts what is posted at its end. */
function counting(port: ExecutorPort, count: () => void): ExecutorPort {
  return {
    ...port,
    post(message) {
      count();
      port.post(message);
    },
  };
}

/** A program at the other end of a port, whose own end stays where it is. */
export async function acrossPort(
  compiled: CompiledProgram,
): Promise<{ readonly compiled: CompiledProgram; readonly crossed: Crossings; readonly far: ExecutorPort }> {
  const { port1, port2 } = new MessageChannel();
  const crossed = { requests: 0, answers: 0 };
  const far = counting(executorPort(port2), () => crossed.answers++);
  serveExecutor(far, async () => ({
    name: 'Far',
    threads: 1,
    compile: async () => compiled,
    dispose: async () => undefined,
  }));
  const executor = await openRemoteExecutor(counting(executorPort(port1), () => crossed.requests++));
  return { compiled: await executor.compile(compiled.program, { seed: 1 }), crossed, far };
}
