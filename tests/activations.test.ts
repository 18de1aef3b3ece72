import { expect, test } from 'vitest';
import { inferDocument } from '../src/graph-engine/infer/inferDocument.ts';
import golden from './golden/activations.json' with { type: 'json' };
import { networkTemplate } from './support/networks.ts';

/** Scores and probabilities of the Output, which PyTorch's models do not have: two numbers for each of 1000 classes. */
const OUTPUT_ELEMENTS = 2 * 1000;

test.each(Object.entries(golden))(
  '%s keeps exactly as many values for the backward pass as in PyTorch',
  (name, elements) => {
    const { totals } = inferDocument(networkTemplate(`${name}.json`));
    expect(totals.activationBytes).toBe(4 * (elements + OUTPUT_ELEMENTS));
  },
);
