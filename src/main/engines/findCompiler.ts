import { runProgram } from './runProgram.ts';

/** A C++ compiler that understands g++'s options. */
export interface Compiler {
  readonly program: string;
  /** First line of what it says of itself. */
  readonly version: string;
}

/** Finds a C++ compiler: the one that `CXX` names first; `undefined` where there is none. */
export async function findCompiler(environment: NodeJS.ProcessEnv = process.env): Promise<Compiler | undefined> {
  const wanted = environment['CXX'];
  const candidates = ['g++', 'c++', 'clang++'];
  for (const program of wanted === undefined || wanted === '' ? candidates : [wanted, ...candidates]) {
    const { code, stdout } = await runProgram(program, ['--version'], { timeout: 30_000 });
    if (code === 0) return { program, version: stdout.split('\n')[0]?.trim() ?? program };
  }
  return undefined;
}

/** How to get a compiler, in words. */
export const COMPILER_REMEDY =
  'Install a C++ compiler (Debian and Ubuntu: sudo apt-get install g++; Fedora: sudo dnf install gcc-c++; macOS: xcode-select --install).';
