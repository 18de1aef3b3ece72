import type { EngineDevice } from '../../contract/engines.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { lastLines, runProgram, type ProgramResult } from './runProgram.ts';

/** A graphics processor as NVIDIA's tool tells of it; `index` is that of the bus. */
export type NvidiaDevice = EngineDevice & { readonly index: string };

/** The oldest driver that runs the CUDA 12 libraries of the package. */
const OLDEST_DRIVER = 525;
const MEBIBYTE = 2 ** 20;
const QUERY = ['--query-gpu=index,name,memory.total,driver_version', '--format=csv,noheader,nounits'];

/** The graphics processors of NVIDIA in this machine. Throws a `HostFailure` that says why there is none that can be used. */
export async function findNvidiaDevices(
  ask: () => Promise<ProgramResult> = () => runProgram('nvidia-smi', QUERY, { timeout: 15_000 }),
): Promise<readonly NvidiaDevice[]> {
  const reply = await ask();
  if (!reply.found) {
    throw new HostFailure({
      code: 'engine/no-gpu',
      message: 'No graphics processor of NVIDIA was found: its driver, which brings nvidia-smi, is not installed.',
      remedy:
        'With such a processor in the machine, install its driver from NVIDIA or from your system. Others train with WebGPU.',
    });
  }
  if (reply.code !== 0) {
    throw new HostFailure({
      code: 'engine/no-gpu',
      message: reply.timedOut
        ? 'The driver of NVIDIA does not answer.'
        : 'The driver of NVIDIA is there and finds no graphics processor that it can use.',
      received: lastLines(`${reply.stdout}\n${reply.stderr}`, 2),
      remedy: 'Run nvidia-smi, which says more. After an update of the driver the machine must be started again.',
    });
  }
  const devices = parseDevices(reply.stdout);
  const [first] = devices;
  if (first === undefined) {
    throw new HostFailure({
      code: 'engine/no-gpu',
      message: 'The driver of NVIDIA lists no graphics processor.',
      remedy: 'Run nvidia-smi, which says more.',
    });
  }
  if (Number.parseFloat(first.driver ?? '') < OLDEST_DRIVER) {
    throw new HostFailure({
      code: 'engine/old-driver',
      message: `The driver of NVIDIA is too old for CUDA 12.`,
      expected: `${OLDEST_DRIVER} or newer`,
      received: first.driver ?? '',
      remedy: 'Update the driver of the graphics processor, and start the machine again.',
    });
  }
  return devices;
}

function parseDevices(lines: string): NvidiaDevice[] {
  return lines.split(/\r?\n/).flatMap((line) => {
    const [index = '', name = '', memory = '', driver = ''] = line.split(',').map((part) => part.trim());
    if (!/^\d+$/.test(index)) return [];
    const bytes = Number(memory) * MEBIBYTE;
    return [{ index, name, kind: 'graphics' as const, driver, ...(bytes > 0 && { memory: bytes }) }];
  });
}
