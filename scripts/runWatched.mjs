import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Runs a program of Node in a process of its own, which is ended when it needs too much memory with all that it starts. `report` is
 * the last line of JSON that it printed, `problem` says why there is none.
 * @param {readonly string[]} parameters
 * @param {number} limit in bytes
 * @returns {Promise<{ memory: number, report?: any, problem?: string }>}
 */
export function runWatched(parameters, limit) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...parameters], {
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @type {unknown} */
    let report;
    let errors = '';
    let memory = 0;
    const watch = setInterval(() => {
      memory = Math.max(memory, memoryOf(child.pid));
      if (memory > limit) child.kill('SIGKILL');
    }, 200);
    child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-4000)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) report = JSON.parse(line);
    });
    child.once('close', (code, signal) => {
      clearInterval(watch);
      if (memory > limit) resolve({ memory, problem: `it needs more than ${(limit / 1e9).toFixed(0)} GB` });
      else if (report === undefined) {
        resolve({ memory, problem: reasonIn(errors) ?? `it ended with ${signal ?? code}` });
      } else resolve({ memory, report });
    });
  });
}

/** An error as Node and Python end with it: `TypeError: …`, `error: …`, `[ONNXRuntimeError] : 1 : …`, `torch.OutOfMemoryError`. */
const ERROR = /^(?:Uncaught )?(?:[\w.]*(?:Error|Exception)|error)(?: \[\w+\])?(?::|$)|^\[\w+Error\]/;

/**
 * The line that says what ended a program: the last error of what it wrote. Notices that merely speak of errors are none.
 * @param {string} written
 * @returns {string | undefined}
 */
export function reasonIn(written) {
  return written
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => ERROR.test(line));
}

/**
 * Bytes that a process holds with those that it started; 0 where the system does not tell.
 * @param {number | string | undefined} pid
 * @returns {number}
 */
function memoryOf(pid) {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return children.reduce((sum, child) => sum + memoryOf(child), Number(kilobytes ?? 0) * 1024);
  } catch {
    return 0;
  }
}
