import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import type { SourceFramework } from '../../src/graph-engine/targets/python/sourceFramework.ts';
import { sourceTargets } from '../../src/graph-engine/targets/sourceTargets.ts';
import { networkTemplate } from './networks.ts';
import { pythonWith } from './python.ts';
import { describeInputs } from './reducedInput.ts';
import { reduced, writeNetwork } from './writtenNetworks.ts';

/** What became of a network's source. */
export interface SourceReport {
  readonly name: string;
  /** What it was run on, and the input of the template itself. */
  readonly input: string;
  readonly ownInput: string;
  /** Learned numbers, as the document counts them. */
  readonly parameters: number;
  readonly frameworks: Readonly<Record<SourceFramework, FrameworkReport>>;
}

/** One framework: its own count of parameters, and how far its answers are from PyTorch's own network. */
export interface FrameworkReport {
  readonly lines: number;
  readonly parameters?: number;
  readonly float64?: number;
  readonly float32?: number;
  /** What went wrong. */
  readonly problem?: string;
}

const checks: Readonly<Record<SourceFramework, { readonly script: string; readonly needs: readonly string[] }>> = {
  pytorch: { script: 'generatedSource.py', needs: ['torch', 'numpy'] },
  // The reference weights are made by PyTorch there too.
  keras: { script: 'generatedKeras.py', needs: ['keras', 'tensorflow', 'torch'] },
};

const Report = z.union([
  z.object({ parameters: z.number(), errors: z.object({ float64: z.number(), float32: z.number() }) }),
  z.object({ problem: z.string() }),
]);

/**
 * Writes a network for every framework and has it run by the Python that `SKIPWIRE_PYTHON` names, with the weights and inputs of
 * its golden file: in double precision, which tells an error of the source from a rounding, and in single precision, as a user runs
 * it. Each framework runs in a process of its own.
 */
export async function verifySource(name: string): Promise<SourceReport> {
  const document = reduced(name);
  const inferred = inferDocument(document);
  const folder = await mkdtemp(path.join(tmpdir(), 'skipwire-source-'));
  try {
    const verified = async (framework: SourceFramework): Promise<FrameworkReport> => {
      const { script, needs } = checks[framework];
      const python = pythonWith(...needs);
      const written = sourceTargets[framework].write(document, inferred);
      const lines = written.source.trimEnd().split('\n').length;
      if (python === undefined) return { lines, problem: `no Python with ${needs.join(', ')} (SKIPWIRE_PYTHON)` };
      const manifest = path.join(folder, `${framework}.json`);
      const entry = writeNetwork(name, document, written, path.join(folder, `${framework}.py`));
      await writeFile(manifest, JSON.stringify([entry]));
      const report = await run(python, script, manifest, name);
      if ('problem' in report) return { lines, problem: report.problem };
      return { lines, parameters: report.parameters, ...report.errors };
    };
    return {
      name,
      input: describeInputs(document),
      ownInput: describeInputs(networkTemplate(`${name}.json`)),
      parameters: inferred.totals.parameters,
      frameworks: { pytorch: await verified('pytorch'), keras: await verified('keras') },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(python: string, script: string, manifest: string, name: string): Promise<z.infer<typeof Report>> {
  const file = path.join(import.meta.dirname, '../oracles', script);
  const { stdout } = await promisify(execFile)(python, [file, manifest, 'float64', 'float32'], {
    maxBuffer: 100_000_000,
  });
  const reports = z.record(z.string(), Report).parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  return reports[name] ?? { problem: 'it said nothing' };
}
