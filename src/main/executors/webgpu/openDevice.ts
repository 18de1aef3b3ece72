import type { EngineDevice } from '../../../contract/engines.ts';
import { HostFailure } from '../../files/hostFailure.ts';

/** A graphics processor as people and programs want to know it. */
export interface GpuDescription {
  /** An adapter that the processor itself plays is no graphics processor. */
  readonly device: EngineDevice;
  /** Bytes that one tensor may take. */
  readonly largestTensor: number;
  readonly limits: { readonly maxBufferSize: number; readonly maxStorageBufferBindingSize: number };
}

export interface OpenedDevice {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
  readonly description: GpuDescription;
}

/** What a large network needs more of than every device must have; asked for as far as the adapter goes. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** Threads of a workgroup in our largest shader. */
const THREADS_NEEDED = 256;

/** The fastest graphics processor there is, or the software that stands in for one. Throws a `HostFailure` when there is neither. */
export async function openDevice(gpu: GPU): Promise<OpenedDevice> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw new HostFailure({
      code: 'engine/no-adapter',
      message: 'No graphics processor was found that WebGPU can use.',
      remedy:
        'Install or update the driver of the graphics processor; on Linux its Vulkan driver and libvulkan1 are needed.',
    });
  }
  if (adapter.limits.maxComputeInvocationsPerWorkgroup < THREADS_NEEDED) {
    throw new HostFailure({
      code: 'engine/weak-adapter',
      message: `${nameOf(adapter.info)} runs too few threads together for training.`,
      expected: `at least ${THREADS_NEEDED}`,
      received: String(adapter.limits.maxComputeInvocationsPerWorkgroup),
      remedy: 'Train on another engine.',
    });
  }
  const requiredLimits = Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ label: 'Skipwire', requiredLimits });
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  return {
    device,
    info: adapter.info,
    description: {
      device: {
        name: nameOf(adapter.info),
        kind: isSoftware(adapter) ? 'software' : 'graphics',
        ...(adapter.info.description !== '' && { driver: adapter.info.description }),
      },
      largestTensor: Math.min(maxBufferSize, maxStorageBufferBindingSize),
      limits: { maxBufferSize, maxStorageBufferBindingSize },
    },
  };
}

/** The best that the adapter says of itself: browsers keep names back and give vendor and architecture. */
function nameOf({ description, device, vendor, architecture }: GPUAdapterInfo): string {
  if (/[a-z]{3}/i.test(device)) return device.replace(/-$/, '');
  if (description !== '') return description;
  return [vendor, architecture].filter((part) => part !== '').join(' ') || 'graphics processor';
}

function isSoftware(adapter: GPUAdapter): boolean {
  const { vendor, architecture, description, device } = adapter.info;
  const fallback = 'isFallbackAdapter' in adapter.info && adapter.info.isFallbackAdapter === true;
  return (
    fallback ||
    /swiftshader|llvmpipe|lavapipe|basic render|warp/i.test([vendor, architecture, description, device].join(' '))
  );
}
