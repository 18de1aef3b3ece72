import type { HostProblem } from '../../contract/contract.ts';

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
  /** Folders of the package with the headers that the addon is compiled against. */
  readonly headers: readonly string[];
}

export interface EngineLibrary {
  /** Path in the package. */
  readonly member: string;
  /** Name that the linker looks for, laid as a symbolic link beside the library. */
  readonly link: string;
}

const headers = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/',
  'tensorflow/include/tsl/platform/',
  'tensorflow/include/xla/tsl/c/',
];

const elfLibraries: readonly EngineLibrary[] = [
  { member: 'tensorflow/libtensorflow_cc.so.2', link: 'libtensorflow.so' },
  { member: 'tensorflow/libtensorflow_framework.so.2', link: 'libtensorflow_framework.so' },
];

const common = { version: '2.21.0', unpackedBytes: 880_000_000, headers };

const packages: Readonly<Partial<Record<string, EnginePackage>>> = {
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

/** The package for a machine, or `undefined` where there is none that the addon can be compiled against. */
export function enginePackageFor(
  platform: string = process.platform,
  architecture: string = process.arch,
): EnginePackage | undefined {
  return packages[`${platform}-${architecture}`];
}

/** Says that this machine has no package. */
export function unsupportedMachine(
  platform: string = process.platform,
  architecture: string = process.arch,
): HostProblem {
  return {
    code: 'engine/unsupported-machine',
    message: `There is no current libtensorflow for ${platform} on ${architecture}.`,
    expected: Object.keys(packages).join(', '),
    received: `${platform}-${architecture}`,
    remedy:
      'Let @tensorflow/tfjs-node fetch its own older library: npm rebuild @tensorflow/tfjs-node --ignore-scripts=false. On Windows, WSL is the faster way.',
  };
}
