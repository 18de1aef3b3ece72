import { expect, test } from 'vitest';
import { problemOf } from '../files/hostFailure.ts';
import { findNvidiaDevices } from './nvidiaDevices.ts';
import type { ProgramResult } from './runProgram.ts';

/** Looks for devices where NVIDIA's tool answers in a given way. */
async function find(reply: Partial<ProgramResult>) {
  const nothing = { code: 0, found: true, timedOut: false, signal: null, stdout: '', stderr: '' };
  try {
    return await findNvidiaDevices(async () => ({ ...nothing, ...reply }));
  } catch (error) {
    return problemOf(error);
  }
}

test('devices are told with memory and driver', async () => {
  const stdout = '0, NVIDIA H100 80GB HBM3, 81559, 550.54.15\n1, NVIDIA L4, [N/A], 550.54.15\n';
  expect(await find({ stdout })).toEqual([
    { index: '0', name: 'NVIDIA H100 80GB HBM3', kind: 'graphics', driver: '550.54.15', memory: 81559 * 2 ** 20 },
    { index: '1', name: 'NVIDIA L4', kind: 'graphics', driver: '550.54.15' },
  ]);
});

test('no driver, one that finds nothing and one that is too old are told apart', async () => {
  expect(await find({ code: null, found: false })).toMatchObject({
    code: 'engine/no-gpu',
    message: expect.stringContaining('not installed'),
  });
  const stderr = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.";
  expect(await find({ code: 9, stderr })).toMatchObject({ code: 'engine/no-gpu', received: stderr });
  expect(await find({ stdout: 'No devices were found\n' })).toMatchObject({ code: 'engine/no-gpu' });
  expect(await find({ stdout: '0, NVIDIA GeForce GTX 1080, 8192, 470.256.02\n' })).toMatchObject({
    code: 'engine/old-driver',
    expected: '525 or newer',
    received: '470.256.02',
  });
});
