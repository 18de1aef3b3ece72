import { readFileSync } from 'node:fs';
import path from 'node:path';
import { productRoot } from '../../../files/productRoot.ts';
import type { SimdFunctions } from './functions.ts';
import { webAssembly, type WebAssemblyMemory } from './webAssembly.ts';

/** The functions on a memory they were given. */
export interface SimdModule {
  readonly functions: SimdFunctions;
  /** A product and a sum are one instruction: where the engine of JavaScript has relaxed SIMD. */
  readonly fused: boolean;
}

// (module (func (param v128 v128 v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2))))
const relaxedMultiplyAdd = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00, 0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x85, 0x02, 0x0b],
);

/** Whether this engine of JavaScript has relaxed SIMD without being asked for it. */
export function hasRelaxedSimd(): boolean {
  return webAssembly.validate(relaxedMultiplyAdd);
}

/**
 * Puts the SIMD functions onto a memory, for instance that of tfjs's WebAssembly backend. The memory may grow at any time:
 * the module sees it, views of JavaScript must be made anew.
 *
 * @example
 * const { functions } = loadSimdModule(new webAssembly.Memory({ initial: 16 }));
 */
export function loadSimdModule(
  memory: WebAssemblyMemory,
  { fused = hasRelaxedSimd() }: { readonly fused?: boolean } = {},
): SimdModule {
  const file = path.join(productRoot, 'dist', 'simd', fused ? 'fused.wasm' : 'plain.wasm');
  const { exports } = new webAssembly.Instance(new webAssembly.Module(readFileSync(file)), { env: { memory } });
  return { functions: exports as SimdFunctions, fused };
}
