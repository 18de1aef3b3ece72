import { applyPasses, type PassName } from '../../../graph-engine/program/passes/index.ts';
import type { Program } from '../../../graph-engine/program/program.ts';
import type { Executor } from '../compiledProgram.ts';
import { createExecutor } from '../createExecutor.ts';
import { createInterpretedProgram } from './createInterpretedProgram.ts';
import type { InterpretedEngine } from './interpretedEngine.ts';

/** An executor that interprets programs on a device; it frees the device when it is disposed itself. */
export function createInterpretedExecutor<T>(engine: InterpretedEngine<T>): Executor {
  return createExecutor({
    name: engine.name,
    threads: engine.threads,
    open: async (program, { passes = engine.passes ?? [] }) =>
      createInterpretedProgram(engine, rewritten(program, passes)),
    close: () => engine.close(),
  });
}

function rewritten(program: Program, passes: readonly PassName[]): Program {
  if (passes.length === 0) return program;
  const entries = Object.entries(program.entries).map(([name, entry]) => [name, applyPasses(entry, passes)]);
  return { ...program, entries: Object.fromEntries(entries) as Program['entries'] };
}
