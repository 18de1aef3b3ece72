import type { CompiledProgram, TensorData } from './compiledProgram.ts';
export async function selfCheck(_c: CompiledProgram, _v: Record<string, TensorData>, _s: number): Promise<void> {}
