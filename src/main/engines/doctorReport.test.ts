import { describe, expect, test } from 'vitest';
import type { DoctorFindings } from './doctorReport.ts';
import { doctorReport } from './doctorReport.ts';

const healthy: DoctorFindings = {
  node: 'v22.12.0',
  npm: '11.0.0',
  pip: { command: ['python3', '-m', 'pip'], version: '25.0' },
  compiler: { program: 'g++', version: 'g++ 14' },
  cache: '/home/ada/.cache/skipwire',
  free: 50e9,
  needed: 1.4e9,
  tfjsNode: { ok: true, value: { version: '4.22.0' } },
  engine: { ok: true, value: { version: '2.21.0', source: 'installed', kernels: ['normalization'] } },
  onnxruntime: { ok: true, value: { version: '1.30.0' } },
  electron: '/somewhere/electron',
  chromium: '/usr/bin/chromium',
};

const notInstalled = {
  ok: false,
  problem: { code: 'engine/not-installed', message: 'The TensorFlow engine is not installed yet.', remedy: 'Run it.' },
} as const;

const bare: DoctorFindings = {
  ...healthy,
  npm: undefined,
  pip: undefined,
  compiler: undefined,
  free: 0.3e9,
  engine: notInstalled,
  electron: undefined,
  chromium: undefined,
};

/** What is not well, as a person reads it. */
function complaints(found: DoctorFindings): Record<string, string> {
  return Object.fromEntries(
    doctorReport(found)
      .filter(({ state }) => state !== 'ok')
      .map(({ title, state, detail, mend = '-' }) => [title, `${state}: ${detail} | ${mend}`]),
  );
}

describe('the doctor', () => {
  test('has nothing to say of a healthy machine', () => {
    expect(complaints(healthy)).toEqual({});
    expect(doctorReport(healthy).some(({ stopsTraining }) => stopsTraining)).toBe(false);
  });

  test('names each missing thing and how to get it', () => {
    const told = complaints(bare);
    expect(Object.keys(told)).toEqual([
      'npm',
      'TensorFlow engine',
      'pip',
      'C++ compiler',
      'Disk',
      'Electron',
      'Chromium',
    ]);
    expect(told['pip']).toMatch(/^missing: not found \| Install Python with pip .*python3-pip.*--wheel FILE\.$/);
    expect(told['C++ compiler']).toMatch(/^missing: not found \| Install a C\+\+ compiler .*apt-get install g\+\+/);
    expect(told['Disk']).toBe(
      'broken: 0.3 GB free in /home/ada/.cache/skipwire, 1.4 GB needed while installing | Free some space, or set SKIPWIRE_CACHE to a folder on a larger disk.',
    );
    expect(told['Electron']).toContain('opens in the browser instead');
    expect(doctorReport(bare).filter(({ stopsTraining }) => stopsTraining)).toMatchObject([{ id: 'engine' }]);
  });

  test('does not ask for what made the engine once the engine is there', () => {
    const told = complaints({ ...healthy, pip: undefined, compiler: undefined, free: 0 });
    expect(told).toEqual({
      pip: 'missing: not found; not needed, the engine is there | -',
      'C++ compiler': 'missing: not found; not needed, the engine is there | -',
    });
  });

  test('says that an engine is broken, and what it said', () => {
    const problem = {
      code: 'engine/self-test-failed',
      message: 'The TensorFlow engine is there but does not work.',
      received: 'ended by SIGILL',
      remedy: 'Install it anew.',
    };
    expect(complaints({ ...healthy, engine: { ok: false, problem } })).toEqual({
      'TensorFlow engine':
        'broken: The TensorFlow engine is there but does not work. ended by SIGILL | Install it anew.',
    });
  });

  test('an old Node stops everything, a missing onnxruntime stops verification alone', () => {
    expect(complaints({ ...healthy, node: 'v20.18.3' })).toEqual({
      'Node.js': 'broken: v20.18.3 is too old | Install Node.js 20.19 or newer.',
    });
    const problem = { code: 'package/missing', message: 'The package onnxruntime-node is not installed.' };
    const lines = doctorReport({ ...healthy, onnxruntime: { ok: false, problem } });
    expect(lines.filter(({ state }) => state !== 'ok')).toMatchObject([
      { id: 'onnxruntime', state: 'missing', neededFor: 'verifying ONNX exports', stopsTraining: false },
    ]);
  });
});
