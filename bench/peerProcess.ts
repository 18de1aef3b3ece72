import { createInterface } from 'node:readline';
import type { EngineDevice } from '../src/contract/engines.ts';
import type { PassName } from '../src/graph-engine/program/passes/index.ts';

/** What is trained. */
export interface Workload {
  readonly network: string;
  readonly batch: number;
  /** Height and width of images, where not those of the template. */
  readonly size?: number;
  readonly precision?: 'float32' | 'bfloat16' | 'float16';
  readonly recompute?: boolean;
  /** What rewrites the program; the common passes by default. */
  readonly passes?: readonly PassName[];
}

/** What a peer can be asked; every answer is one line of JSON. */
export interface Peer {
  /** Builds the network and runs the first step, so that nothing is cold. */
  prepare(workload: Workload): Promise<Record<string, unknown>>;
  /** Milliseconds of each of `count` training steps. */
  steps(count: number): Promise<number[]>;
  /** Billions of floating point operations a second of a large matrix product; `undefined` where it is not measured. */
  sgemm?(): number;
  /** What it computes on, where that is not the processor. */
  readonly device?: EngineDevice;
}

/** Serves a peer over standard input and output: `prepare {"network":"resnet-20","batch":32}`, `steps 10`, `sgemm`, `device`, `memory`. Ends with its input. */
export async function servePeer(peer: Peer): Promise<void> {
  const reply = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
  reply({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const [command = '', argument = ''] = line.split(/ (.*)/);
    if (command === 'prepare') reply(await peer.prepare(JSON.parse(argument) as Workload));
    else if (command === 'steps') {
      const before = process.cpuUsage();
      const times = await peer.steps(Number(argument));
      const { user, system } = process.cpuUsage(before);
      reply({ times, cpu: (user + system) / 1000 });
    } else if (command === 'sgemm') reply({ gigaflops: peer.sgemm?.() });
    else if (command === 'device') reply({ device: peer.device });
    else if (command === 'memory')
      reply({ rss: process.memoryUsage.rss(), peak: 1024 * process.resourceUsage().maxRSS });
    else throw new Error(`Unknown command ${line}`);
  }
}

/** Times `step`, one after another. */
export async function timeSteps(count: number, step: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const started = performance.now();
    await step();
    times.push(performance.now() - started);
  }
  return times;
}

/** The same images and labels for everybody: a cheap fixed pattern, as values do not matter for time. */
export function benchBatch(batch: number): { images: Float32Array; labels: Int32Array } {
  const images = new Float32Array(batch * 32 * 32 * 3);
  for (let i = 0; i < images.length; i++) images[i] = Math.sin(i * 12.9898) * 1.7;
  return { images, labels: Int32Array.from({ length: batch }, (_, i) => i % 10) };
}
