import type { Answer } from '../../contract/contract.ts';
import { gigabytes } from './diskSpace.ts';
import type { Compiler } from './findCompiler.ts';
import { COMPILER_REMEDY } from './findCompiler.ts';
import type { Pip } from './findPip.ts';
import { PIP_REMEDY } from './findPip.ts';

/** What was found on this machine; `undefined` where there is none. */
export interface DoctorFindings {
  readonly node: string;
  readonly npm: string | undefined;
  readonly pip: Pip | undefined;
  readonly compiler: Compiler | undefined;
  readonly cache: string;
  /** Bytes free on the cache's disk. */
  readonly free: number;
  /** Bytes that an installation of the engine would need there. */
  readonly needed: number;
  readonly tfjsNode: Answer<{ readonly version: string }>;
  /** The engine's version and where it comes from, after its self-test. */
  readonly engine: Answer<{ readonly version: string; readonly source: string; readonly kernels: readonly string[] }>;
  readonly onnxruntime: Answer<{ readonly version: string }>;
  readonly electron: string | undefined;
  readonly chromium: string | undefined;
}

export type DoctorState = 'ok' | 'missing' | 'broken';

/** One thing that was looked at. */
export interface DoctorLine {
  readonly id: keyof DoctorFindings;
  readonly title: string;
  readonly state: DoctorState;
  /** What was found, or what is wrong. */
  readonly detail: string;
  /** What to do about it, in plain words. */
  readonly mend?: string;
  /** What does not work without it. */
  readonly neededFor: string;
  /** Nothing can be trained as long as this is not ok. */
  readonly stopsTraining: boolean;
}

const OLDEST_NODE = [20, 19] as const;

/** Turns findings into lines for a person. Pure: whoever calls it has looked. */
export function doctorReport(found: DoctorFindings): DoctorLine[] {
  return [
    nodeLine(found),
    toolLine(
      'npm',
      'npm',
      found.npm,
      'installing the dependencies',
      'Install Node.js from its package, npm comes with it.',
    ),
    packageLine('tfjsNode', '@tensorflow/tfjs-node', found.tfjsNode, 'training and prediction', true),
    engineLine(found),
    pipLine(found),
    compilerLine(found),
    diskLine(found),
    packageLine('onnxruntime', 'onnxruntime-node', found.onnxruntime, 'verifying ONNX exports', false),
    electronLine(found),
    toolLine(
      'chromium',
      'Chromium',
      found.chromium,
      'the story tests of npm test',
      'Install it (Debian: sudo apt-get install chromium), or set CHROME_PATH. Not needed to use Skipwire.',
    ),
  ];
}

function nodeLine({ node }: DoctorFindings): DoctorLine {
  const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number);
  const good = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const line = { id: 'node', title: 'Node.js', neededFor: 'everything' } as const;
  return good
    ? { ...line, state: 'ok', detail: node, stopsTraining: false }
    : {
        ...line,
        state: 'broken',
        detail: `${node} is too old`,
        mend: `Install Node.js ${OLDEST_NODE.join('.')} or newer.`,
        stopsTraining: true,
      };
}

function engineLine({ engine }: DoctorFindings): DoctorLine {
  const line = { id: 'engine', title: 'TensorFlow engine', neededFor: 'training and prediction' } as const;
  if (engine.ok) {
    const whose = engine.value.source === 'installed' ? 'installed by Skipwire' : "from tfjs-node's own installer";
    const { version, kernels } = engine.value;
    const own =
      kernels.length === 0 ? 'no kernels of our own, so training is slower' : `own kernels: ${kernels.join(', ')}`;
    const detail = `libtensorflow ${version}, ${whose}, self-test passed, ${own}`;
    return { ...line, state: 'ok', detail, stopsTraining: false };
  }
  return {
    ...line,
    ...problemOf(engine.problem, ['engine/not-installed', 'engine/no-tfjs-node']),
    stopsTraining: true,
  };
}

function packageLine(
  id: 'tfjsNode' | 'onnxruntime',
  title: string,
  answer: Answer<{ readonly version: string }>,
  neededFor: string,
  stops: boolean,
): DoctorLine {
  const line = { id, title, neededFor } as const;
  return answer.ok
    ? { ...line, state: 'ok', detail: answer.value.version, stopsTraining: false }
    : { ...line, ...problemOf(answer.problem, ['engine/no-tfjs-node', 'package/missing']), stopsTraining: stops };
}

/** pip and the compiler make the engine: with the engine there, nobody misses them. */
function pipLine({ pip, engine }: DoctorFindings): DoctorLine {
  const line = { id: 'pip', title: 'pip', neededFor: 'fetching the engine', stopsTraining: false } as const;
  if (pip !== undefined) return { ...line, state: 'ok', detail: `${pip.version} (${pip.command.join(' ')})` };
  const mend = `${PIP_REMEDY} Or fetch the file elsewhere: npx skipwire engine install --wheel FILE.`;
  return { ...line, state: 'missing', detail: withoutNeed(engine.ok), ...(engine.ok ? {} : { mend }) };
}

function compilerLine({ compiler, engine }: DoctorFindings): DoctorLine {
  const line = {
    id: 'compiler',
    title: 'C++ compiler',
    neededFor: 'building the engine',
    stopsTraining: false,
  } as const;
  if (compiler !== undefined) return { ...line, state: 'ok', detail: compiler.version };
  const mend = COMPILER_REMEDY;
  return { ...line, state: 'missing', detail: withoutNeed(engine.ok), ...(engine.ok ? {} : { mend }) };
}

function withoutNeed(engineIsThere: boolean): string {
  return engineIsThere ? 'not found; not needed, the engine is there' : 'not found';
}

function diskLine({ cache, free, needed, engine }: DoctorFindings): DoctorLine {
  const line = { id: 'free', title: 'Disk', neededFor: 'installing the engine', stopsTraining: false } as const;
  if (engine.ok || free >= needed) return { ...line, state: 'ok', detail: `${gigabytes(free)} free in ${cache}` };
  return {
    ...line,
    state: 'broken',
    detail: `${gigabytes(free)} free in ${cache}, ${gigabytes(needed)} needed while installing`,
    mend: 'Free some space, or set SKIPWIRE_CACHE to a folder on a larger disk.',
  };
}

function electronLine({ electron }: DoctorFindings): DoctorLine {
  const line = { id: 'electron', title: 'Electron', neededFor: 'a window of its own', stopsTraining: false } as const;
  if (electron !== undefined) return { ...line, state: 'ok', detail: electron };
  return {
    ...line,
    state: 'missing',
    detail: 'its program was not fetched; the editor opens in the browser instead',
    mend: 'npm start tries to fetch it once a day. By hand: node node_modules/electron/install.js',
  };
}

function toolLine(
  id: 'npm' | 'chromium',
  title: string,
  value: string | undefined,
  neededFor: string,
  mend: string,
): DoctorLine {
  const line = { id, title, neededFor, stopsTraining: false } as const;
  return value === undefined
    ? { ...line, state: 'missing', detail: 'not found', mend }
    : { ...line, state: 'ok', detail: value };
}

function problemOf(
  problem: (Answer<never> & { ok: false })['problem'],
  missing: readonly string[],
): Pick<DoctorLine, 'state' | 'detail' | 'mend'> {
  const detail = problem.received === undefined ? problem.message : `${problem.message} ${problem.received}`;
  return {
    state: missing.includes(problem.code) ? 'missing' : 'broken',
    detail,
    ...(problem.remedy === undefined ? {} : { mend: problem.remedy }),
  };
}
