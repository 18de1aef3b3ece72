import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from '../engines/runProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { torchHelper } from './torchHelper.ts';

/** A PyTorch model: `torchvision:resnet18`, `timm:…`, a file that PyTorch reads, or `model.py:ClassName`. */
export interface TorchModel {
  readonly source: string;
  /** Sizes of one example, such as `3x224x224`; what the model says itself, or that of photographs, when left out. */
  readonly input?: string;
  /** A state dictionary that is loaded first: `.pt`, `.pth` or `.safetensors`. */
  readonly weights?: string;
  /** Whether the library fetches its trained weights. */
  readonly pretrained?: boolean;
  /** The Python to run; the first that has PyTorch when left out. */
  readonly python?: string;
}

/** How Python is run. */
export interface TorchProcess {
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** The folder that files of a model are counted from. */
  readonly cwd?: string;
  /** Milliseconds after which it is given up. */
  readonly timeout?: number;
}

/** Exporting a large model takes a while; something that waits for input takes for ever. */
const TIMEOUT = 15 * 60_000;

/** Whether a name is that of a PyTorch model rather than of a file that is read here. */
export function isTorchModel(source: string): boolean {
  return /^(torchvision|timm):\S+$|\.(pt|pth|pt2)$|\.py:\w+$/i.test(source);
}

/** A name for what comes of a model. */
export function nameOfTorchModel(source: string): string {
  const file = path.basename(source).replace(/\.(pt|pth|pt2)$/i, '');
  return file.replace(/^.*:/, '');
}

/**
 * Lets PyTorch write a model as ONNX, in a process of its own, by a helper script that runs whatever code the model is made of:
 * whoever calls this has asked the user. `use` gets the file, which is gone afterwards. Throws a `HostFailure` with what Python
 * said when it does not work.
 */
export async function exportByTorch<Value>(
  model: TorchModel,
  use: (file: string) => Promise<Value>,
  { signal, onLine, cwd, timeout = TIMEOUT }: TorchProcess = {},
): Promise<Value> {
  const { python } = await findPython(model.python);
  const folder = await mkdtemp(path.join(tmpdir(), 'skipwire-torch-'));
  try {
    const script = path.join(folder, 'export_model.py');
    const file = path.join(folder, `${nameOfTorchModel(model.source).replaceAll(/[^\w.-]/g, '_')}.onnx`);
    await writeFile(script, torchHelper);
    const ran = await runProgram(python, [script, ...argumentsOf(model, file)], {
      timeout,
      ...(signal !== undefined && { signal }),
      ...(onLine !== undefined && { onLine }),
      ...(cwd !== undefined && { cwd }),
    });
    if (signal?.aborted === true) {
      throw new HostFailure({
        code: 'torch/cancelled',
        message: `"${model.source}" was not imported: it was called off.`,
      });
    }
    if (ran.code !== 0) throw failed(model, ran, timeout);
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asks for the version without loading the library, which takes seconds. */
const FIND_TORCH = 'import importlib.metadata; print(importlib.metadata.version("torch"))';

/** What the helper script is told. */
export function argumentsOf({ source, input, weights, pretrained }: TorchModel, file: string): readonly string[] {
  return [
    source,
    file,
    ...(input === undefined ? [] : ['--input', input]),
    ...(weights === undefined ? [] : ['--weights', weights]),
    ...(pretrained === true ? ['--pretrained'] : []),
  ];
}

/** The Python that would run, with the version of its PyTorch: the one that is named, or the first that has it. */
export async function findPython(given?: string): Promise<{ readonly python: string; readonly version: string }> {
  const candidates = given === undefined ? [process.env['SKIPWIRE_PYTHON'], 'python3', 'python'] : [given];
  const looked: string[] = [];
  for (const program of candidates) {
    if (program === undefined || program === '') continue;
    looked.push(program);
    const { code, stdout } = await runProgram(program, ['-c', FIND_TORCH], { timeout: 60_000 });
    if (code === 0) return { python: program, version: stdout.trim() };
  }
  throw new HostFailure({
    code: 'torch/missing',
    message: 'There is no Python with PyTorch.',
    expected: 'a Python that can import torch',
    received: looked.join(', '),
    remedy:
      'Name one with --python or as SKIPWIRE_PYTHON, or export the model as ONNX where PyTorch is and import that file.',
  });
}

function failed({ source }: TorchModel, ran: Awaited<ReturnType<typeof runProgram>>, timeout: number): HostFailure {
  if (ran.timedOut) {
    return new HostFailure({
      code: 'torch/timeout',
      message: `PyTorch was still exporting "${source}" after ${timeout / 60_000} minutes.`,
      remedy: 'Export it as ONNX yourself, and import that file.',
    });
  }
  const said = ran.stderr.trim().split('\n');
  return new HostFailure({
    code: 'torch/failed',
    message: `PyTorch could not export "${source}": ${asSentence(said.at(-1) || `it ended with ${ran.signal ?? ran.code ?? 'an error'}`)}`,
    received: said.slice(-20).join('\n'),
    remedy: 'Check the name and the sizes of the input (--input 3x224x224).',
  });
}

function asSentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
