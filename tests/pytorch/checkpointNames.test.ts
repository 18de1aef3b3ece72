import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadDocument } from '../../src/graph-engine/document/loadDocument.ts';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import { weightVariables } from '../../src/graph-engine/lower/weightVariables.ts';
import { matchCheckpoint, wantedWeights } from '../../src/graph-engine/sources/checkpoint/matchCheckpoint.ts';
import { exportPytorch } from '../../src/graph-engine/targets/pytorch/exportPytorch.ts';
import { productRoot } from '../../src/main/files/productRoot.ts';

/** What tests/oracles/checkpointNames.py wrote: names and sizes in checkpoints of torchvision, timm and transformers. */
const { checkpoints } = z
  .object({ checkpoints: z.record(z.string(), z.record(z.string(), z.array(z.string()))) })
  .parse(
    JSON.parse(gunzipSync(readFileSync(path.join(productRoot, 'tests/golden/checkpointNames.json.gz'))).toString()),
  );

/** What no weight of ours takes, and why that is right. */
const left: Readonly<Record<string, readonly string[]>> = {
  // The table of the words once more: it is shared.
  'transformers/gpt2': ['lm_head.weight'],
};

const cases = Object.entries(checkpoints).flatMap(([template, byName]) =>
  Object.entries(byName).map(([name, sizes]) => ({ template, name, sizes })),
);

function wantedOf(template: string) {
  const text = readFileSync(path.join(productRoot, 'templates/networks', `${template}.json`), 'utf8');
  const loaded = loadDocument(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const inferred = inferDocument(loaded.value);
  return wantedWeights(weightVariables(loaded.value, inferred.root), exportPytorch(loaded.value, inferred).state);
}

test.each(cases)(
  'every weight of $template is found in the checkpoint of $name, and nothing is left',
  ({ template, name, sizes }) => {
    const tensors = new Map(
      sizes.map((line) => {
        const [tensor = '', dims = ''] = line.split(' ');
        return [tensor, dims === '' ? [] : dims.split('x').map(Number)];
      }),
    );
    const match = matchCheckpoint(wantedOf(template), tensors);
    const lacking = match.rows.flatMap((row) =>
      row.kind === 'matched'
        ? []
        : [
            `${row.weight.variable}: ${row.kind === 'size' ? `${row.tensor} ${row.received.join('x')} for ${row.expected.join('x')}` : 'missing'}`,
          ],
    );
    expect(lacking.slice(0, 5), match.title).toEqual([]);
    expect(match.unused, match.title).toEqual(left[name] ?? []);
    const taken = match.rows.map((row) => (row.kind === 'matched' ? `${row.place.tensor} ${row.place.part}` : ''));
    expect(new Set(taken).size).toBe(taken.length);
  },
);
