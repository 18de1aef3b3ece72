import { expect, test } from 'vitest';
import { problemOf } from '../files/hostFailure.ts';
import { enginePackageFor } from './enginePackage.ts';
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
