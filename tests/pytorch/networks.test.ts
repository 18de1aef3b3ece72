import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Executor } from '../../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../../src/main/executors/tensorflowExecutor.ts';
import { checkedNetworkNames, networkError } from '../support/oracleNetworks.ts';

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());

test.each(checkedNetworkNames())(
  '%s predicts what PyTorch predicts with the same weights',
  async (name) => {
    // What PyTorch's own single precision strays from its double is of this order too.
    expect(await networkError(executor, name)).toBeLessThan(1e-4);
  },
  120_000,
);
