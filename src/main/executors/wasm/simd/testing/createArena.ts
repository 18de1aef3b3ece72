import { setFlagsFromString } from 'node:v8';
import { hasRelaxedSimd, loadSimdModule } from '../module.ts';
import type { Pointer, SimdFunctions } from '../functions.ts';
import { webAssembly } from '../webAssembly.ts';

/** A memory with the functions on it, whose areas are laid one behind the other. */
export interface Arena {
  readonly functions: SimdFunctions;
  /** An area that holds the numbers. */
  put(values: Float32Array | Int32Array | readonly number[]): Pointer;
  /** An area for so many numbers, full of not-a-number, that nothing may be written before and behind. */
  room(count: number): Pointer;
  /** An area for so many bytes that nothing may be written behind. */
  scratch(bytes: number): Pointer;
  floats(pointer: Pointer, count: number): Float32Array;
  integers(pointer: Pointer, count: number): Int32Array;
  /** Throws when something was written between the areas, and forgets them all. */
  clear(): void;
}

const GUARD = 0x5ca1ab1e;
const GUARD_BYTES = 64;

/** Makes a memory of so many megabytes with the functions on it. */
export function createArena(megabytes: number, options: { readonly fused?: boolean } = {}): Arena {
  // Node 20 has relaxed SIMD behind a flag.
  if (options.fused && !hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const memory = new webAssembly.Memory({ initial: megabytes * 16 });
  const { functions } = loadSimdModule(memory, options);
  let end = 0;
  let guards: { readonly start: number; readonly words: number }[] = [];

  function guardUpTo(next: number): void {
    const words = (next - end) / 4;
    new Uint32Array(memory.buffer, end, words).fill(GUARD);
    guards.push({ start: end, words });
    end = next;
  }
  function allocate(bytes: number): Pointer {
    if (end === 0) guardUpTo(GUARD_BYTES);
    const start = end;
    end += Math.ceil(bytes / 4) * 4;
    guardUpTo(Math.ceil(end / 16) * 16 + GUARD_BYTES);
    return start;
  }

  return {
    functions,
    put(values) {
      const start = allocate(4 * values.length);
      if (values instanceof Int32Array) new Int32Array(memory.buffer, start, values.length).set(values);
      else new Float32Array(memory.buffer, start, values.length).set(values);
      return start;
    },
    room(count) {
      const start = allocate(4 * count);
      new Float32Array(memory.buffer, start, count).fill(Number.NaN);
      return start;
    },
    scratch(bytes) {
      const start = allocate(bytes);
      new Float32Array(memory.buffer, start, Math.ceil(bytes / 4)).fill(Number.NaN);
      return start;
    },
    floats: (pointer, count) => new Float32Array(memory.buffer, pointer, count),
    integers: (pointer, count) => new Int32Array(memory.buffer, pointer, count),
    clear() {
      const laid = guards;
      end = 0;
      guards = [];
      for (const { start, words } of laid) {
        const broken = new Uint32Array(memory.buffer, start, words).findIndex((word) => word !== GUARD);
        if (broken >= 0) throw new Error(`byte ${start + 4 * broken} lies between two areas and was written`);
      }
    },
  };
}
