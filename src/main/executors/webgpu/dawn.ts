import { HostFailure } from '../../files/hostFailure.ts';

/** What the npm package `webgpu` exports. It is optional: its binary of Dawn may be missing, and nothing else needs it. */
interface Dawn {
  create(flags: readonly string[]): GPU;
  readonly globals: object;
}

/** Kept for good: the process may not unload it. */
let loading: Promise<GPU> | undefined;

/** WebGPU in plain Node, by Dawn. Throws a `HostFailure` where its binary cannot be loaded. */
export function loadDawn(): Promise<GPU> {
  return (loading ??= load());
}

async function load(): Promise<GPU> {
  let dawn: Dawn;
  try {
    const packageName = 'webgpu';
    dawn = (await import(packageName)) as Dawn;
  } catch (error) {
    throw new HostFailure({
      code: 'engine/no-webgpu',
      message: 'WebGPU is not installed.',
      received: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
      remedy: 'Run npm install webgpu in the folder of Skipwire; it holds a library of 20 MB for this system.',
    });
  }
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create(flagsOf(process.env['SKIPWIRE_WEBGPU_FLAGS']));
  // TensorFlow.js looks for it where a browser has it; newer versions of Node have a navigator of their own.
  const global = globalThis as { navigator?: object };
  global.navigator ??= {};
  Object.defineProperty(global.navigator, 'gpu', { value: gpu, configurable: true });
  return gpu;
}

/** Such as `backend=vulkan`, for those who must choose. */
function flagsOf(setting: string | undefined): readonly string[] {
  return setting?.split(/\s+/).filter((flag) => flag !== '') ?? [];
}
