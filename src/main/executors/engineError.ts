import { HostFailure } from '../files/hostFailure.ts';

/** The engine refused or failed to compute. The program it happened to is dead. */
export class EngineError extends HostFailure {
  /** What it was made of, for whoever hands it on to another process. */
  readonly engine: string;
  readonly detail: string;
  /** The document path of the node where it happened, where the engine named one. */
  readonly origin: string | undefined;

  constructor(engine: string, detail: string, origin?: string) {
    const place = origin === undefined ? '' : ` at "${origin}"`;
    const outOfMemory = /\bOOM\b|out of memory|RESOURCE_EXHAUSTED|bad_alloc/i.test(detail);
    super(
      outOfMemory
        ? {
            code: 'engine/out-of-memory',
            message: `${engine} ran out of memory${place}.`,
            received: detail,
            remedy: 'Choose a smaller batch size, or a smaller network.',
          }
        : {
            code: 'engine/failed',
            message: `${engine} could not compute${place}: ${detail}`,
            remedy: 'If the network looks right to you, please report this with the document.',
          },
    );
    this.name = 'EngineError';
    this.engine = engine;
    this.detail = detail;
    this.origin = origin;
  }
}
