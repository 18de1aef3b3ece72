import { HostFailure } from '../../files/hostFailure.ts';
import type { CompiledProgram, Executor, NamedTensors } from '../compiledProgram.ts';
import { EngineError } from '../engineError.ts';
import type {
  ExecutorAnswers,
  ExecutorMessage,
  ExecutorPort,
  ExecutorReplies,
  ExecutorRequest,
  NumberedReply,
} from './executorMessages.ts';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * An executor at the other end of a port. Whatever it does happens there, weights stay there, and only what is fed and fetched
 * crosses. Steps that are queued there are sent ahead without waiting for one another. When the other end goes away, every call that
 * waits and every later one fails with an `EngineError`.
 */
export async function openRemoteExecutor(port: ExecutorPort): Promise<Executor> {
  const waiting = new Map<number, Waiting>();
  let lastNumber = 0;
  let name = 'The engine';
  let gone: string | undefined;

  const send = (message: ExecutorMessage): void => port.post(message);

  port.listen((message) => {
    for (const reply of message as ExecutorAnswers) {
      const call = waiting.get(reply.number);
      waiting.delete(reply.number);
      if (call === undefined) continue;
      if ('value' in reply) call.resolve(reply.value as never);
      else call.reject(errorOf(reply));
    }
  });

  function lose(reason: string): void {
    gone ??= reason;
    for (const { reject } of waiting.values()) reject(new EngineError(name, reason));
    waiting.clear();
  }
  port.onClose(lose);

  function ask<Kind extends ExecutorRequest['kind']>(
    request: Extract<ExecutorRequest, { kind: Kind }>,
  ): Promise<ExecutorReplies[Kind]> {
    if (gone !== undefined) return Promise.reject(new EngineError(name, gone));
    return new Promise((resolve, reject) => {
      const number = ++lastNumber;
      waiting.set(number, { resolve, reject });
      send({ number, request });
    });
  }

  const { threads, device, roomForData, ...described } = await ask({ kind: 'open' });
  name = described.name;
  return {
    name,
    threads,
    ...(device !== undefined && { device }),
    ...(roomForData !== undefined && { roomForData }),
    async compile(program, options) {
      const { compiled, queues } = await ask({ kind: 'compile', program, options });
      const run =
        (queued: boolean): CompiledProgram['run'] =>
        async (entry, feeds, fetches) => ({
          ...(await ask({ kind: 'run', compiled, entry, feeds: compact(feeds), fetches, queued })),
        });
      return {
        program,
        run: run(false),
        ...(queues && {
          queue: {
            run: run(true),
            settle() {
              if (gone === undefined) send({ settle: compiled });
            },
          },
        }),
        readVariables: async (names) => ({ ...(await ask({ kind: 'read', compiled, names })) }),
        writeVariables: (values) => ask({ kind: 'write', compiled, values }),
        dispose: () => (gone === undefined ? ask({ kind: 'dispose', compiled }) : Promise.resolve()),
      } satisfies CompiledProgram;
    },
    async dispose() {
      if (gone === undefined) await ask({ kind: 'close' });
      lose('It has been closed.');
      port.close();
    },
  };
}

function errorOf(reply: Exclude<NumberedReply, { value: unknown }>): Error {
  if ('bug' in reply) return new Error(reply.bug);
  if ('problem' in reply) return new HostFailure(reply.problem);
  const { engine, detail, origin } = reply.engineFailure;
  return new EngineError(engine, detail, origin);
}

/** Without the rest of the memory that a piece of an array would drag along. */
function compact(feeds: NamedTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, data]) => [
      name,
      data.byteLength === data.buffer.byteLength ? data : data.slice(),
    ]),
  );
}
