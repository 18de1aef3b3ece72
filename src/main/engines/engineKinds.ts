import { EngineId } from '../../contract/engines.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { EngineKind } from './engineKind.ts';
import { cuda } from './kinds/cuda.ts';
import { tensorflow } from './kinds/tensorflow.ts';
import { wasm } from './kinds/wasm.ts';
import { webgpu } from './kinds/webgpu.ts';

/** Every engine there is, the likeliest to be fast first. */
export const engineKinds: readonly EngineKind[] = [cuda, tensorflow, webgpu, wasm];

/** The engine of that name. Throws a `HostFailure` that names those there are. */
export function engineKindNamed(name: string, kinds: readonly EngineKind[] = engineKinds): EngineKind {
  const id = EngineId.safeParse(name);
  const kind = kinds.find((one) => one.id === id.data);
  if (kind !== undefined) return kind;
  throw new HostFailure({
    code: 'engine/unknown',
    message: `There is no engine "${name}".`,
    expected: kinds.map((one) => one.id).join(', '),
    received: name,
    remedy: 'npx skipwire engine list shows the engines of this machine.',
  });
}
