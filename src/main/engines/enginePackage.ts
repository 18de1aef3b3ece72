import type { HostProblem } from '../../contract/contract.ts';
import type { EngineVariant } from '../../contract/engines.ts';

/** The package that libtensorflow is taken from, and what of it is needed. No Python of it is ever run. */
export interface EnginePackage {
  /** Name at the Python package index. */
  readonly name: string;
  readonly version: string;
  /** Platform tags of pip, the likeliest first. */
  readonly platforms: readonly string[];
  /** Bytes of the download. */
  readonly wheelBytes: number;
  /** Bytes of the unpacked libraries and headers, with some room. */
  readonly unpackedBytes: number;
  /** SHA-256 of the whole file in hexadecimal, where it was pinned; every unpacked file is checked against RECORD anyway. */
  readonly wheelSha256?: string;
  readonly libraries: readonly EngineLibrary[];
  /** Packages whose libraries belong to it as well: those that it requires with this extra. */
  readonly more?: { readonly extra: string; readonly wheelBytes: number; readonly unpackedBytes: number };
  /** Folders of the package with the headers that the addon is compiled against. */
  readonly headers: readonly string[];
}

export interface EngineLibrary {
  /** Path in the package. */
  readonly member: string;
  /** Name that the linker looks for, laid as a symbolic link beside the library. */
  readonly link: string;
}

/** The C interface, and what the C++ of a device and its threads includes. */
const headers = [
  'tensorflow/c/',
  'tensorflow/core/common_runtime/',
  'tensorflow/core/framework/',
  'tensorflow/core/graph/',
  'tensorflow/core/lib/',
  'tensorflow/core/platform/',
  'tensorflow/core/protobuf/',
  'tensorflow/core/public/',
  'tensorflow/core/util/',
  'tsl/',
  'xla/tsl/',
  'absl/',
  'google/protobuf/',
  'ml_dtypes/',
  'Eigen/',
  'unsupported/Eigen/',
].map((folder) => `tensorflow/include/${folder}`);

const elfLibraries: readonly EngineLibrary[] = [
  { member: 'tensorflow/libtensorflow_cc.so.2', link: 'libtensorflow.so' },
  { member: 'tensorflow/libtensorflow_framework.so.2', link: 'libtensorflow_framework.so' },
];

const common = { version: '2.21.0', unpackedBytes: 930_000_000, headers };

const forProcessors: Readonly<Partial<Record<string, EnginePackage>>> = {
  'linux-x64': {
    ...common,
    name: 'tensorflow-cpu',
    platforms: ['manylinux_2_27_x86_64'],
    wheelBytes: 274_000_000,
    wheelSha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    libraries: elfLibraries,
  },
  // On arm64 the plain package is the one for CPUs.
  'linux-arm64': {
    ...common,
    name: 'tensorflow',
    platforms: ['manylinux_2_27_aarch64', 'manylinux_2_17_aarch64', 'manylinux2014_aarch64'],
    wheelBytes: 270_000_000,
    libraries: elfLibraries,
  },
  'darwin-arm64': {
    ...common,
    name: 'tensorflow',
    platforms: ['macosx_12_0_arm64'],
    wheelBytes: 250_000_000,
    libraries: [
      { member: 'tensorflow/libtensorflow_cc.2.dylib', link: 'libtensorflow.dylib' },
      { member: 'tensorflow/libtensorflow_framework.2.dylib', link: 'libtensorflow_framework.dylib' },
    ],
  },
};

/** The same library with kernels for NVIDIA's graphics processors. Its own name and that of the package for processors differ. */
const forGraphics: Readonly<Partial<Record<string, EnginePackage>>> = {
  'linux-x64': {
    ...common,
    name: 'tensorflow',
    platforms: ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
    wheelBytes: 620_000_000,
    unpackedBytes: 1_700_000_000,
    libraries: elfLibraries,
    more: { extra: 'and-cuda', wheelBytes: 2_700_000_000, unpackedBytes: 4_800_000_000 },
  },
};

const packages = { cpu: forProcessors, cuda: forGraphics };

/** The package for a machine, or `undefined` where there is none that the addon can be compiled against. */
export function enginePackageFor(
  variant: EngineVariant = 'cpu',
  platform: string = process.platform,
  architecture: string = process.arch,
): EnginePackage | undefined {
  return packages[variant][`${platform}-${architecture}`];
}

/** Says that this machine has no package. */
export function unsupportedMachine(
  variant: EngineVariant = 'cpu',
  platform: string = process.platform,
  architecture: string = process.arch,
): HostProblem {
  return {
    code: 'engine/unsupported-machine',
    message: `There is no current libtensorflow ${variant === 'cuda' ? 'with CUDA ' : ''}for ${platform} on ${architecture}.`,
    expected: Object.keys(packages[variant]).join(', '),
    received: `${platform}-${architecture}`,
    remedy:
      variant === 'cuda'
        ? 'On Windows it runs inside WSL. WebGPU uses graphics processors of all makers, also here.'
        : 'Let @tensorflow/tfjs-node fetch its own older library: npm rebuild @tensorflow/tfjs-node --ignore-scripts=false. On Windows, WSL is the faster way.',
  };
}
