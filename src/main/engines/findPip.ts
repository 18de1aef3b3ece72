import { runProgram } from './runProgram.ts';

/** How to call pip on this machine. */
export interface Pip {
  readonly command: readonly [program: string, ...before: string[]];
  readonly version: string;
}

const candidates: readonly Pip['command'][] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['py', '-3', '-m', 'pip'],
  ['pip3'],
  ['pip'],
];

/** Finds a pip that answers; `undefined` where there is none. */
export async function findPip(): Promise<Pip | undefined> {
  for (const command of candidates) {
    const [program, ...before] = command;
    const { code, stdout } = await runProgram(program, [...before, '--version'], { timeout: 30_000 });
    const version = /^pip (\S+)/.exec(stdout)?.[1];
    if (code === 0 && version !== undefined) return { command, version };
  }
  return undefined;
}

/** How to get pip, in words. */
export const PIP_REMEDY =
  'Install Python with pip (Debian and Ubuntu: sudo apt-get install python3-pip; Fedora: sudo dnf install python3-pip; macOS: xcode-select --install, or brew install python).';
