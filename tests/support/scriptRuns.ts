import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { lowerDocument } from '../../src/graph-engine/lower/lowerDocument.ts';
import { averageOf } from '../../src/graph-engine/program/averaging.ts';
import type { Variable } from '../../src/graph-engine/program/program.ts';
import { initialize } from '../../src/graph-engine/random/initialize.ts';
import type { SourceFramework } from '../../src/graph-engine/targets/python/sourceFramework.ts';
import { learningRateAt } from '../../src/graph-engine/training/learningRate.ts';
import { stepSize } from '../../src/graph-engine/training/stepSize.ts';
import type { Executor } from '../../src/main/executors/compiledProgram.ts';
import { exportSourceFile, type ExportedSource } from '../../src/main/exports/exportSourceFile.ts';
import { balancedWeights } from '../../src/main/training/balanceClasses.ts';
import { batchSource } from '../../src/main/training/batches.ts';
import { prepareData } from '../../src/main/training/prepareData.ts';
import { takeStep } from '../../src/main/training/takeStep.ts';

/** Writes a document's source, its weights of the first step, its data and the script that trains it into a folder. */
export function writeScript(
  folder: string,
  name: string,
  document: SkipwireDocument,
  framework: SourceFramework = 'pytorch',
): Promise<ExportedSource> {
  const file = path.join(folder, `${name}.py`);
  return exportSourceFile({ document, framework, runFolder: null, file, overwrite: true, training: folder });
}

const Report = z.record(
  z.string(),
  z.union([
    z.object({
      lines: z.array(z.string()),
      rates: z.array(z.number()).optional(),
      apart: z.object({ learned: z.number(), statistics: z.number() }).optional(),
    }),
    z.object({ problem: z.string() }),
  ]),
);
export type ScriptReport = z.infer<typeof Report>;

/** Has tests/oracles/generatedTraining.py run scripts, one after the other; `manifest` is a file to be written. */
export function runScripts(python: string, manifest: string, scripts: readonly object[]): ScriptReport {
  writeFileSync(manifest, JSON.stringify(scripts));
  const runner = path.join(import.meta.dirname, '../oracles/generatedTraining.py');
  const output = execFileSync(python, [runner, manifest], {
    encoding: 'utf8',
    maxBuffer: 100_000_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return Report.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
}

/** The losses that a script tells, step by step. */
export function lossesIn(lines: readonly string[]): readonly number[] {
  return lines.flatMap((line) => {
    const loss = /^step \d+: loss ([^,]+),/.exec(line)?.[1];
    return loss === undefined ? [] : [Number(loss)];
  });
}

/** What the engine makes of the first steps of a run. */
export interface EngineRun {
  readonly losses: readonly number[];
  readonly variables: readonly Variable[];
  /** After the steps: what is measured and exported, so the averages where there are any. */
  valuesOf(variable: string): Float32Array;
}

/** Takes the first steps of a document's run with the engine. */
export async function engineRun(executor: Executor, document: SkipwireDocument, steps: number): Promise<EngineRun> {
  const settings = document.training;
  const drawn = lowerDocument(document);
  if (!drawn.ok) throw new Error(drawn.error[0]?.message);
  const data = await prepareData(drawn.value, settings);
  const classWeights =
    settings.classWeights?.kind === 'balanced'
      ? balancedWeights(drawn.value, data.columns, data.split.train)
      : undefined;
  const lowered = classWeights === undefined ? drawn : lowerDocument(document, { classWeights });
  if (!lowered.ok) throw new Error(lowered.error[0]?.message);
  const { program } = lowered.value;
  const compiled = await executor.compile(program, { seed: settings.seed, selfCheck: false });
  await compiled.writeVariables(
    Object.fromEntries(program.variables.map((variable) => [variable.name, initialize(variable, settings.seed)])),
  );
  const source = batchSource(data, settings);
  const stepsPerEpoch = Math.ceil(source.samples / stepSize(settings));
  const losses: number[] = [];
  for await (const batch of source.training({ epoch: 0, offset: 0 })) {
    const step = losses.length;
    if (step === steps) break;
    const learningRate = learningRateAt(settings, step, stepsPerEpoch);
    const { loss } = await takeStep({ compiled, settings, step, learningRate, fetches: ['loss'] }, batch);
    losses.push(loss?.[0] ?? NaN);
  }
  const kept = program.variables.filter(({ role }) => role !== 'slot');
  const averaged = settings.averaging?.kind === 'ema';
  const places = new Map(kept.map((variable) => [variable.name, averaged ? averageOf(variable).name : variable.name]));
  const values = await compiled.readVariables([...places.values()]);
  await compiled.dispose();
  return {
    losses,
    variables: kept,
    valuesOf(variable) {
      const found = values[places.get(variable) ?? ''];
      if (!(found instanceof Float32Array)) throw new Error(`"${variable}" has no values`);
      return found;
    },
  };
}
