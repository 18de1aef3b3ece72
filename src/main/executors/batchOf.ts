import type { Entry } from '../../graph-engine/program/program.ts';
import type { NamedTensors } from './compiledProgram.ts';

/**
 * The batch size that the lengths of the feeds say; 1 for an entry without a batch. A feed that is missing, of another type, or
 * of a length that does not fit is a bug and throws.
 */
export function batchOf(entry: Entry, feeds: NamedTensors): number {
  let batch: number | undefined;
  for (const { name, value } of entry.inputs) {
    const data = feeds[name];
    if (data === undefined) throw new Error(`${entry.name} needs a feed for ${name}`);
    if (data instanceof Int32Array !== (value.dtype === 'int32')) {
      throw new Error(`${entry.name}: ${name} is ${value.dtype}, got a ${data.constructor.name}`);
    }
    let perExample = 1;
    let symbolic = false;
    for (const dim of value.dims) {
      perExample *= Math.abs(dim);
      symbolic ||= dim < 0;
    }
    const count = symbolic ? data.length / perExample : data.length === perExample ? undefined : Number.NaN;
    if (count === undefined) continue;
    if (!Number.isInteger(count) || count < 1 || (batch !== undefined && batch !== count)) {
      throw new Error(
        `${entry.name}: ${data.length} values do not fit ${name} [${value.dims.join(', ')}]` +
          (batch === undefined ? '' : ` with a batch of ${batch}`),
      );
    }
    batch = count;
  }
  return batch ?? 1;
}
