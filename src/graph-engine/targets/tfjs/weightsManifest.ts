/** A tensor of the shards: a variable of the program, or a constant with its bytes. */
export interface ManifestTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly source: { readonly variable: string } | { readonly content: Uint8Array };
}

/** Bytes of a shard: browsers keep files of this size in their cache. */
export const SHARD_BYTES = 4 * 1024 * 1024;

/** How many bytes a tensor has. */
export function tensorBytes({ dims }: Pick<ManifestTensor, 'dims'>): number {
  return dims.reduce((product, size) => product * size, 4);
}

/** Names of the shards that hold so many bytes. */
export function shardNames(bytes: number): readonly string[] {
  const count = Math.max(1, Math.ceil(bytes / SHARD_BYTES));
  return Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
}

/** `weightsManifest` of model.json: one group, its data end to end over the shards. */
export function weightsManifest(tensors: readonly ManifestTensor[]): unknown {
  const bytes = tensors.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  const weights = tensors.map(({ name, dims, dtype }) => ({ name, shape: dims, dtype }));
  return [{ paths: shardNames(bytes), weights }];
}

/** The data of all tensors in pieces of a shard's size, the last one shorter. */
export function* shards(
  tensors: readonly ManifestTensor[],
  valuesOf: (variable: string) => Float32Array,
): Generator<Uint8Array> {
  let shard = new Uint8Array(SHARD_BYTES);
  let at = 0;
  for (const { source } of tensors) {
    let rest: Uint8Array;
    if ('content' in source) rest = source.content;
    else {
      const { buffer, byteOffset, byteLength } = valuesOf(source.variable);
      rest = new Uint8Array(buffer, byteOffset, byteLength);
    }
    while (rest.length > 0) {
      const part = rest.subarray(0, SHARD_BYTES - at);
      shard.set(part, at);
      at += part.length;
      rest = rest.subarray(part.length);
      if (at === SHARD_BYTES) {
        yield shard;
        shard = new Uint8Array(SHARD_BYTES);
        at = 0;
      }
    }
  }
  if (at > 0) yield shard.subarray(0, at);
}
