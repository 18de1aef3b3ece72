import { expect, test } from 'vitest';
import { describeExecutor } from '../testing/describeExecutor.ts';
import { hasSoftwareAdapter, useSoftwareAdapter } from './testing/softwareAdapter.ts';
import { openWebgpuExecutor } from './webgpuExecutor.ts';

if (hasSoftwareAdapter()) {
  describeExecutor('WebGPU', () => {
    useSoftwareAdapter();
    return openWebgpuExecutor();
  });
} else {
  test('WebGPU is not tested here: there is no Chromium with SwiftShader', () => {
    expect(hasSoftwareAdapter()).toBe(false);
  });
}
