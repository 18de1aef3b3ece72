import type { Program } from '../../graph-engine/program/program.ts';
import { tableVariable } from '../../graph-engine/program/residentTables.ts';
import { initialize } from '../../graph-engine/random/initialize.ts';
import type { CompiledProgram, CompileOptions, Executor, TensorData } from './compiledProgram.ts';
import { selfCheck } from './selfCheck.ts';

export interface ExecutorParts extends Omit<Executor, 'compile' | 'dispose'> {
  /** Puts a program into the memory of the engine; its variables have no values yet. */
  open(program: Program, options: CompileOptions): Promise<CompiledProgram>;
  /** Hears how many bytes of first values are not needed any more. */
  readonly onStarted?: (bytes: number) => void;
  /** Frees the engine itself, when all programs are gone. */
  close?(): void;
}

/** An executor: gives programs their first values, checks them, and frees those that are left at the end. */
export function createExecutor({ open, onStarted, close, ...described }: ExecutorParts): Executor {
  const programs = new Set<CompiledProgram>();
  return {
    ...described,
    async compile(program, options) {
      const compiled = await open(program, options);
      programs.add(compiled);
      const bytes = await start(compiled, program, options);
      onStarted?.(bytes);
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
      close?.();
    },
  };
}

/** Writes the first values of all variables; returns their bytes. */
async function start(
  compiled: CompiledProgram,
  { variables }: Program,
  { seed, selfCheck: wanted = true, tables }: CompileOptions,
): Promise<number> {
  const values: Record<string, TensorData> = Object.fromEntries(
    tables?.tables.map(({ feed, data }) => [tableVariable(feed), data]) ?? [],
  );
  for (const variable of variables) {
    if (values[variable.name] !== undefined) continue;
    const initial = initialize(variable, seed);
    values[variable.name] = variable.dtype === 'int32' ? Int32Array.from(initial) : initial;
  }
  await compiled.writeVariables(values);
  if (wanted) await selfCheck(compiled, values, seed, tables);
  return Object.values(values).reduce((sum, { byteLength }) => sum + byteLength, 0);
}
