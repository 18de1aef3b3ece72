import { assertNever } from '../../../graph-engine/core/diagnostic.ts';
import { problemOf } from '../../files/hostFailure.ts';
import type { CompiledProgram, Executor } from '../compiledProgram.ts';
import { EngineError } from '../engineError.ts';
import type {
  ExecutorAnswers,
  ExecutorMessage,
  ExecutorPort,
  ExecutorReplies,
  ExecutorRequest,
  NumberedReply,
} from './executorMessages.ts';

/**
 * Does what the other end of the port asks of an executor, which is opened when it asks for that. Steps that were queued are told
 * to the device as they come in; what becomes of them crosses in one message, as it is read from the device in one piece.
 */
export function serveExecutor(port: ExecutorPort, open: () => Promise<Executor>): void {
  const programs = new Map<number, CompiledProgram>();
  let opening: Promise<Executor> | undefined;
  let lastProgram = 0;

  function programOf(number: number): CompiledProgram {
    const program = programs.get(number);
    if (program === undefined) throw new Error('There is no such program');
    return program;
  }

  async function answer(request: ExecutorRequest): Promise<ExecutorReplies[keyof ExecutorReplies]> {
    const executor = await (opening ??= open());
    switch (request.kind) {
      case 'open': {
        const { name, threads, device, roomForData } = executor;
        return { name, threads, device, roomForData };
      }
      case 'compile': {
        const compiled = await executor.compile(request.program, request.options);
        programs.set(++lastProgram, compiled);
        return { compiled: lastProgram, queues: compiled.queue !== undefined };
      }
      case 'run': {
        const { entry, feeds, fetches, queued } = request;
        const program = programOf(request.compiled);
        return (queued ? (program.queue ?? program) : program).run(entry, feeds, fetches);
      }
      case 'read':
        return programOf(request.compiled).readVariables(request.names);
      case 'write':
        return programOf(request.compiled)
          .writeVariables(request.values)
          .then(() => undefined);
      case 'dispose': {
        const compiled = programOf(request.compiled);
        programs.delete(request.compiled);
        return compiled.dispose().then(() => undefined);
      }
      case 'close':
        return executor.dispose().then(() => undefined);
      default:
        return assertNever(request);
    }
  }

  /** After all requests that came before, each of which waits for the executor. */
  async function settle(compiled: number): Promise<void> {
    await opening;
    programs.get(compiled)?.queue?.settle();
  }

  let ready: NumberedReply[] = [];
  function reply(one: NumberedReply): void {
    ready.push(one);
    if (ready.length > 1) return;
    // What is read together is ready together.
    queueMicrotask(() => {
      port.post(ready satisfies ExecutorAnswers);
      ready = [];
    });
  }

  port.listen((message) => {
    // The other end is a part of this product, over a channel that nobody else holds.
    const asked = message as ExecutorMessage;
    if ('settle' in asked) {
      void settle(asked.settle).catch(() => undefined);
      return;
    }
    const { number, request } = asked;
    answer(request).then(
      (value) => reply({ number, value }),
      (error: unknown) => reply(failureOf(number, error)),
    );
  });
  port.onClose(() => void opening?.then((executor) => executor.dispose()).catch(() => undefined));
}

function failureOf(number: number, error: unknown): NumberedReply {
  if (error instanceof EngineError) {
    const { engine, detail, origin } = error;
    return { number, engineFailure: { engine, detail, origin } };
  }
  const problem = problemOf(error);
  if (problem !== undefined) return { number, problem };
  return { number, bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
