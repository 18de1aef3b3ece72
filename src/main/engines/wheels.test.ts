import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { problemOf } from '../files/hostFailure.ts';
import { installCompanions } from './companionWheels.ts';
import { engineFolder } from './engineFolder.ts';
import { enginePackageFor } from './enginePackage.ts';
import { writeWheel } from './testing/writeWheel.ts';
import { demandWheelFor } from './wheelName.ts';
import { requirementsOf } from './wheelRequirements.ts';

test('the libraries of CUDA are what the package requires for them, and nothing else', () => {
  // Lines of the METADATA of tensorflow 2.21.0, and one as older tools wrote it.
  const metadata = `Name: tensorflow
Requires-Dist: absl-py>=1.0.0
Provides-Extra: and-cuda
Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"
Requires-Dist: nvidia_nccl_cu12 (<3.0,>=2.27.7) ; extra == 'and-cuda'
Requires-Dist: tensorflow-io-gcs-filesystem>=0.23.1; (sys_platform != "win32" and python_version < "3.13") and extra == "gcs-filesystem"
`;
  expect(requirementsOf(metadata, 'and-cuda')).toEqual([
    { name: 'nvidia-cublas-cu12', versions: '<13.0,>=12.5.3.2' },
    { name: 'nvidia-nccl-cu12', versions: '<3.0,>=2.27.7' },
  ]);
});

test('a wheel of another package, version or machine is refused by its name, before it is read', () => {
  const wanted = enginePackageFor('cpu', 'linux', 'x64');
  if (wanted === undefined) throw new Error('Linux has a package');
  const check = (file: string) => {
    try {
      demandWheelFor(`/somewhere/${file}`, wanted);
      return undefined;
    } catch (error) {
      return problemOf(error);
    }
  };
  expect(check('tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')).toBeUndefined();
  expect(check('renamed.whl')).toBeUndefined();
  const arm = check('tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl');
  expect(arm).toMatchObject({
    code: 'engine/wrong-wheel',
    expected: 'tensorflow-cpu 2.21.0 for manylinux_2_27_x86_64',
    received: 'tensorflow-cpu 2.21.0 for manylinux_2_27_aarch64',
  });
  expect(check('tensorflow_cpu-2.20.0-cp311-cp311-manylinux_2_27_x86_64.whl')?.received).toContain('2.20.0');
  expect(check('tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')?.code).toBe('engine/wrong-wheel');
  expect(check('tensorflow_cpu-2.21.0-cp311-cp311-win_amd64.whl')?.code).toBe('engine/wrong-wheel');
});

test('the libraries of the required packages are laid beside those of the engine, each checked', async () => {
  const cache = mkdtempSync(path.join(os.tmpdir(), 'skipwire-companions-'));
  try {
    const wanted = enginePackageFor('cuda', 'linux', 'x64');
    if (wanted === undefined) throw new Error('Linux has a package');
    const own = path.join(cache, 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
    const metadata = Buffer.from(
      'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5; extra == "and-cuda"\nRequires-Dist: nvidia-cuda-nvcc-cu12>=12.5; extra == "and-cuda"\n',
    );
    writeWheel(own, {
      information: 'tensorflow-2.21.0.dist-info',
      files: { 'tensorflow-2.21.0.dist-info/METADATA': metadata },
    });
    const cublas = path.join(cache, 'nvidia_cublas_cu12-12.9.1.4-py3-none-manylinux_2_27_x86_64.whl');
    const library = {
      'nvidia/cublas/lib/libcublas.so.12': Buffer.from('a library'),
      'nvidia/cublas/LICENSE': Buffer.from(''),
    };
    writeWheel(cublas, { information: 'nvidia_cublas_cu12-12.9.1.4.dist-info', files: library });
    writeWheel(path.join(cache, 'nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2014_x86_64.whl'), {
      information: 'nvidia_cuda_nvcc_cu12-12.9.86.dist-info',
      files: { 'nvidia/cuda_nvcc/bin/ptxas': Buffer.from('a tool') },
    });
    const folder = engineFolder(path.join(cache, 'engine'));
    const options = { downloads: path.join(cache, 'downloads'), near: cache, onProgress: () => undefined };
    const files = await installCompanions(own, wanted, folder, options);
    expect(files.map((file) => file.path)).toEqual(['deps/lib/libcublas.so.12', 'deps/cuda_nvcc/bin/ptxas']);
    expect(readFileSync(path.join(folder.libraries, 'libcublas.so.12'), 'utf8')).toBe('a library');

    writeWheel(cublas, {
      information: 'nvidia_cublas_cu12-12.9.1.4.dist-info',
      files: library,
      tampered: ['nvidia/cublas/lib/libcublas.so.12'],
    });
    await expect(installCompanions(own, wanted, folder, options)).rejects.toThrow('is damaged');
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});
