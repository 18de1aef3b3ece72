import type { Answer, HostProblem } from '../../contract/contract.ts';

/**
 * A mistake or mishap of the outside world, in words for the user, on its way up through code that has nothing to add.
 * Whoever meets the user turns it into an answer with `answerOf`; anything else that is thrown is a bug.
 */
export class HostFailure extends Error {
  readonly problem: HostProblem;

  constructor(problem: HostProblem) {
    super(problem.message);
    this.name = 'HostFailure';
    this.problem = problem;
  }
}

/** Runs `work` and turns a `HostFailure` or a failed file operation into an answer; other errors are bugs and pass. */
export async function answerOf<Value>(work: () => Promise<Value> | Value): Promise<Answer<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return { ok: false, problem };
  }
}

/** The problem that `error` stands for, or `undefined` when it is a bug. */
export function problemOf(error: unknown): HostProblem | undefined {
  if (error instanceof HostFailure) return error.problem;
  return fileProblem(error);
}

/** Puts a failed file operation in words, with the place and what to do; `undefined` for anything else. */
export function fileProblem(error: unknown): HostProblem | undefined {
  if (!isSystemError(error)) return undefined;
  const place = error.path === undefined ? 'the file' : `"${error.path}"`;
  const words = fileMessages[error.code];
  if (words === undefined) return undefined;
  return { code: `file/${words.code}`, message: words.message(place), remedy: words.remedy };
}

interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}

interface FileWords {
  readonly code: string;
  readonly message: (place: string) => string;
  readonly remedy: string;
}

const denied: FileWords = {
  code: 'denied',
  message: (place) => `Access to ${place} is denied.`,
  remedy: 'Change its permissions, or choose another folder.',
};
const full: FileWords = {
  code: 'disk-full',
  message: (place) => `The disk is full: ${place} could not be written.`,
  remedy: 'Free some space, or choose a folder on another disk. What was saved before is untouched.',
};

const fileMessages: Readonly<Partial<Record<string, FileWords>>> = {
  EACCES: denied,
  EPERM: denied,
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: full,
  EROFS: {
    code: 'read-only',
    message: (place) => `${place} is on a read-only disk.`,
    remedy: 'Choose a folder that can be written.',
  },
  EISDIR: {
    code: 'is-folder',
    message: (place) => `${place} is a folder, not a file.`,
    remedy: 'Give the name of a file.',
  },
  ENOTDIR: {
    code: 'not-folder',
    message: (place) => `A part of ${place} is a file where a folder is needed.`,
    remedy: 'Choose another folder.',
  },
  ENOENT: {
    code: 'missing',
    message: (place) => `There is no ${place}.`,
    remedy: 'Check the name; it may have been moved or deleted.',
  },
  EEXIST: {
    code: 'exists',
    message: (place) => `${place} exists already.`,
    remedy: 'Choose another name.',
  },
  ENAMETOOLONG: {
    code: 'name-too-long',
    message: (place) => `The name ${place} is too long.`,
    remedy: 'Choose a shorter name.',
  },
  EMFILE: {
    code: 'too-many-files',
    message: () => 'Too many files are open.',
    remedy: 'Close some programs and try again.',
  },
  EIO: {
    code: 'disk-error',
    message: (place) => `The disk reported an error at ${place}.`,
    remedy: 'Check the disk, and keep a copy of your work elsewhere.',
  },
};
