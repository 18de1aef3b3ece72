import { existsSync } from 'node:fs';
import os from 'node:os';

/** What Chromium brings along: the loader of Vulkan, and SwiftShader, a Vulkan that computes on the processor. */
const folder = '/usr/lib/chromium';
const files = { loader: `${folder}/libvulkan.so.1`, driver: `${folder}/vk_swiftshader_icd.json` };
/** Of dlopen: the library stays when the handle is closed. */
const RTLD_NODELETE = 0x1000;

/** Whether there is a software adapter to test with. */
export function hasSoftwareAdapter(): boolean {
  return Object.values(files).every((file) => existsSync(file));
}

/** Has Dawn, loaded after this, find SwiftShader alone, even where the system has no Vulkan. */
export function useSoftwareAdapter(): void {
  process.env['VK_ICD_FILENAMES'] = files.driver;
  process.env['SKIPWIRE_WEBGPU_FLAGS'] = 'backend=vulkan';
  const { RTLD_NOW, RTLD_GLOBAL } = os.constants.dlopen;
  try {
    process.dlopen({ exports: {} }, files.loader, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
  } catch {
    // It is no addon, which Node refuses once it has been loaded; Dawn then finds it by its name.
  }
}
