/** What the program's exit code says; listed in `--help`. */
export const exitCodes = {
  ok: 0,
  wrongInput: 1,
  wrongUsage: 2,
  engineMissing: 3,
  failed: 4,
  exportDiffers: 5,
  differs: 6,
  /** 128 + SIGINT, as shells have it. */
  stopped: 130,
} as const;

/** The lines of `--help`. */
export const exitCodeHelp = `
Exit codes:
  0    done
  1    the document, the data or a file is wrong
  2    the command line is wrong
  3    the engine is missing or does not start ("skipwire doctor" says why)
  4    the training failed or the engine died
  5    the exported file does not agree with the engine
  6    the networks differ (of diff, with --exit-code)
  130  stopped with Ctrl-C; the best weights are kept
`;

/** The exit code for a problem, by the family of its code. */
export function exitCodeFor(problemCode: string): number {
  if (failuresAtWork.has(problemCode)) return exitCodes.failed;
  const [family] = problemCode.split('/');
  if (family === 'engine') return exitCodes.engineMissing;
  if (family === 'training') return exitCodes.failed;
  return exitCodes.wrongInput;
}

/** Problems of an engine that was there and had begun. */
const failuresAtWork: ReadonlySet<string> = new Set(['engine/failed', 'engine/lost', 'engine/out-of-memory']);
