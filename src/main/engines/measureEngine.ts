import { availableParallelism, cpus, totalmem } from 'node:os';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { EngineDevice } from '../../contract/engines.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { createBuilder } from '../../graph-engine/program/builder.ts';
import { countMacs } from '../../graph-engine/program/countMacs.ts';
import type { Program, Variable } from '../../graph-engine/program/program.ts';
import { initialize } from '../../graph-engine/random/initialize.ts';
import type { Executor, TensorData } from '../executors/compiledProgram.ts';
import { selfCheck } from '../executors/selfCheck.ts';
import { productRoot } from '../files/productRoot.ts';

/** What an engine said of itself and did. */
export const EngineMeasurement = z.object({
  name: z.string(),
  threads: z.int(),
  device: EngineDevice,
  /** 10^9 multiplications or additions a second. */
  gflops: z.number(),
});
export type EngineMeasurement = z.infer<typeof EngineMeasurement>;

/** Products in a row: one call of an engine has its price, which is not what is measured. */
const PRODUCTS = 8;
const SIZES = [256, 1024, 4096];
/** Seconds of one call that measure well enough. */
const LONG_ENOUGH = 0.05;
const SEED = 1;

/**
 * Has the engine train a small residual network beside the reference, and measures it. Throws a `HostFailure` when it computes
 * something else.
 */
export async function measureEngine(executor: Executor): Promise<EngineMeasurement> {
  const { name, threads, device = thisProcessor() } = executor;
  await testByTraining(executor);
  // Software that plays a graphics processor is slow, and is never chosen for its speed.
  const gflops = await measureProducts(executor, device.kind === 'software' ? SIZES.slice(0, 1) : SIZES);
  return { name, threads, device, gflops };
}

function thisProcessor(): EngineDevice {
  return { name: cpus()[0]?.model.trim() ?? `${availableParallelism()} cores`, kind: 'processor', memory: totalmem() };
}

async function testByTraining(executor: Executor): Promise<void> {
  const file = path.join(productRoot, 'templates', 'networks', 'first-residual.json');
  const document = loadDocument(await readFile(file, 'utf8'));
  const lowered = document.ok ? lowerDocument(document.value) : document;
  if (!lowered.ok) throw new Error(`${file} cannot be lowered`);
  const { program } = lowered.value;
  const compiled = await executor.compile(program, { seed: SEED, selfCheck: false });
  try {
    await selfCheck(compiled, initialValues(program), SEED);
  } finally {
    await compiled.dispose();
  }
}

function initialValues({ variables }: Program): Record<string, TensorData> {
  return Object.fromEntries(
    variables.map((variable) => {
      const values = initialize(variable, SEED);
      return [variable.name, variable.dtype === 'int32' ? Int32Array.from(values) : values];
    }),
  );
}

/** The best of a few calls, with matrices as large as the engine is quick. */
async function measureProducts(executor: Executor, sizes: readonly number[]): Promise<number> {
  let best = 0;
  for (const size of sizes) {
    const program = products(size);
    const compiled = await executor.compile(program, { seed: SEED, selfCheck: false });
    let seconds = Number.POSITIVE_INFINITY;
    try {
      // The first call prepares what the others use.
      await compiled.run('products', {});
      for (let i = 0; i < 3; i++) {
        const begun = performance.now();
        await compiled.run('products', {});
        seconds = Math.min(seconds, (performance.now() - begun) / 1000);
      }
    } finally {
      await compiled.dispose();
    }
    const entry = program.entries['products'];
    best = Math.max(best, (2 * (entry === undefined ? 0 : countMacs(entry, 1))) / seconds / 1e9);
    if (seconds > LONG_ENOUGH) break;
  }
  return best;
}

/** Matrices of which every product is as large as they are, so that none becomes infinite. */
function products(size: number): Program {
  const variable = (name: string): Variable => ({
    name,
    dims: [size, size],
    dtype: 'float32',
    initializer: { kind: 'normal', standardDeviation: 1 / Math.sqrt(size) },
    role: 'weight',
    trainable: false,
    origin: 'products',
  });
  const [left, right] = [variable('left'), variable('right')];
  const b = createBuilder('products');
  const factor = b.readVariable(right);
  let product = b.readVariable(left);
  for (let i = 0; i < PRODUCTS; i++) product = b.matMul(product, factor);
  b.output('sum', b.reduceSum(product, [0, 1]));
  return { variables: [left, right], entries: { products: b.entry() } };
}
