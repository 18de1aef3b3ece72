import { initialize } from '../../../graph-engine/random/initialize.ts';
import { applyPasses, type PassName } from '../../../graph-engine/program/passes/index.ts';
import type { Program } from '../../../graph-engine/program/program.ts';
import type { CompiledProgram, Executor, TensorData } from '../compiledProgram.ts';
import { selfCheck } from '../selfCheck.ts';
import { createInterpretedProgram } from './createInterpretedProgram.ts';
import type { InterpretedEngine } from './interpretedEngine.ts';

/** An executor that interprets programs on a device; it frees the device when it is disposed itself. */
export function createInterpretedExecutor<T>(engine: InterpretedEngine<T>): Executor {
  const programs = new Set<CompiledProgram>();
  return {
    name: engine.name,
    threads: engine.threads,
    async compile(program, { seed, selfCheck: wanted = true }) {
      const compiled = createInterpretedProgram(engine, rewritten(program, engine.passes ?? []));
      programs.add(compiled);
      const values: Record<string, TensorData> = {};
      for (const variable of program.variables) {
        const initial = initialize(variable, seed);
        values[variable.name] = variable.dtype === 'int32' ? Int32Array.from(initial) : initial;
      }
      await compiled.writeVariables(values);
      if (wanted) await selfCheck(compiled, values, seed);
      return {
        ...compiled,
        async dispose() {
          programs.delete(compiled);
          await compiled.dispose();
        },
      };
    },
    async dispose() {
      for (const program of programs) await program.dispose();
      programs.clear();
      engine.close();
    },
  };
}

function rewritten(program: Program, passes: readonly PassName[]): Program {
  if (passes.length === 0) return program;
  const entries = Object.entries(program.entries).map(([name, entry]) => [name, applyPasses(entry, passes)]);
  return { ...program, entries: Object.fromEntries(entries) as Program['entries'] };
}
