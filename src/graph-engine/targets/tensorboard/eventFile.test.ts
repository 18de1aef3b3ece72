import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { encodeEventFile, type SummaryEvent } from './eventFile.ts';
import { sessionEnd, sessionStart } from './hyperparameters.ts';
import { crc32c, recordFrame } from './recordFrame.ts';

/** Written by TensorBoard's own messages and record writer: `tests/oracles/eventFiles.py`. */
const golden = JSON.parse(
  readFileSync(new URL('../../../../tests/golden/eventFiles.json', import.meta.url), 'utf8'),
) as { readonly file: string };

const BEGUN = 1_770_000_000.25;

test('the checksum is the one of RFC 3720, appendix B.4', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(recordFrame(new Uint8Array(5))).toHaveLength(21);
});

test('scalars, histograms and settings are to the byte what TensorBoard itself writes', () => {
  const settings = { batchSize: 32, deterministic: true, 'optimizer kind': 'adam µ' };
  const events: readonly SummaryEvent[] = [
    { wallTime: BEGUN, step: 0, values: [sessionStart(settings, 'réseau-1', BEGUN)] },
    {
      wallTime: BEGUN,
      step: 0,
      values: [
        { kind: 'scalar', tag: 'loss', value: 2.5 },
        { kind: 'scalar', tag: 'accuracy', value: 0 },
      ],
    },
    { wallTime: BEGUN + 1.5, step: 3_000_000_000, values: [{ kind: 'scalar', tag: 'loss', value: 1e-7 }] },
    {
      wallTime: BEGUN + 2,
      step: 20,
      values: [
        {
          kind: 'histogram',
          tag: 'weight/stage1[3].conv',
          histogram: { minimum: -1, maximum: 3, counts: [1, 0, 65_535, 2] },
        },
      ],
    },
    {
      wallTime: BEGUN + 3,
      step: 30,
      values: [
        { kind: 'histogram', tag: 'gradient/bias', histogram: { minimum: 0, maximum: 0, counts: [5, 0, 0, 0] } },
      ],
    },
    { wallTime: BEGUN + 9, step: 40, values: [sessionEnd('success', BEGUN + 9)] },
  ];
  expect(Buffer.concat([...encodeEventFile(BEGUN, events)]).toString('base64')).toBe(golden.file);
});
