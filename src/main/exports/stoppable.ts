import { HostFailure } from '../files/hostFailure.ts';

/** The chunks until the export is called off. */
export function* stoppable(chunks: Iterable<Uint8Array>, signal: AbortSignal | undefined): Generator<Uint8Array> {
  for (const chunk of chunks) {
    if (signal?.aborted === true)
      throw new HostFailure({ code: 'export/cancelled', message: 'The export was cancelled.' });
    yield chunk;
  }
}
