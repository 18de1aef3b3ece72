import { spawn } from 'node:child_process';

/**
 * Runs a program with its output on this one's stderr (`show`), or collected. A program that is not there is exit code
 * `null`, like one that a signal ended.
 * @param {string} program
 * @param {string[]} programArguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options]
 * @returns {Promise<{ code: number | null, output: string }>}
 */
export async function runCommand(program, programArguments, { cwd, env, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, programArguments, {
      cwd,
      env: env ?? process.env,
      stdio: ['ignore', show ? 2 : 'pipe', show ? 2 : 'pipe'],
      windowsHide: true,
      // npm and npx are scripts on Windows, which only its shell can start; their arguments here are all ours.
      shell: process.platform === 'win32' && /^(npm|npx)$/.test(program),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-100_000)));
    }
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}
