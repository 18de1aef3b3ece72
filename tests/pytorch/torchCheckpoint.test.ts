import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openTensorflowExecutor } from '../../src/main/executors/tensorflowExecutor.ts';
import { withStoredWeights } from '../../src/main/files/storedWeights.ts';
import { takeWeights } from '../../src/main/imports/takeWeights.ts';
import { lowered } from '../support/networks.ts';
import { reducedTemplate } from '../support/oracleNetworks.ts';
import { pythonWith } from '../support/python.ts';

const python = pythonWith('torch', 'torchvision');

/** Saves torchvision's own model as its checkpoints are saved, in both formats, and prints what it predicts. */
const script = `
import json, sys, torch, torchvision
torch.manual_seed(3)
model = torchvision.models.resnet18(weights=None)
for module in model.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        module.running_mean.uniform_(-0.2, 0.2)
        module.running_var.uniform_(0.5, 1.5)
        torch.nn.init.uniform_(module.weight, 0.5, 1.5)
        torch.nn.init.uniform_(module.bias, -0.2, 0.2)
model.eval()
torch.save(model.state_dict(), sys.argv[1] + "/archive.pth")
torch.save({"epoch": 1, "state_dict": model.state_dict()}, sys.argv[1] + "/legacy.pth", _use_new_zipfile_serialization=False)
images = (torch.arange(2 * 64 * 64 * 3) * 7919 % 1000).float().reshape(2, 64, 64, 3) / 500 - 1
with torch.no_grad():
    print(json.dumps({"logits": model(images.permute(0, 3, 1, 2)).tolist()}))
`;

test.skipIf(python === undefined)(
  "with a checkpoint of torchvision's ResNet-18 by torch.save laid beside it, the template gives the model's own logits",
  { timeout: 600_000 },
  async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-resnet18-'));
    const executor = await openTensorflowExecutor();
    try {
      const { stdout, stderr, status } = spawnSync(python ?? '', ['-c', script, folder], { encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      const { logits } = z.object({ logits: z.array(z.array(z.number())) }).parse(JSON.parse(stdout));
      const document = reducedTemplate('resnet-18', { input: { height: 64, width: 64 } });
      const images = Float32Array.from(
        { length: 2 * 64 * 64 * 3 },
        (_, i) => Math.fround(((i * 7919) % 1000) / 500) - 1,
      );
      for (const file of ['archive.pth', 'legacy.pth']) {
        const match = await takeWeights(document, path.join(folder, file), path.join(folder, 'taken.safetensors'));
        expect(match.title).toBe('ResNet of torchvision or timm');
        expect(match.rows.filter(({ kind }) => kind !== 'matched')).toEqual([]);
        expect(match.unused).toEqual([]);
        const begun = await withStoredWeights(
          { ...document, weights: 'taken.safetensors' },
          { program: lowered(document).program },
          folder,
        );
        const { variables, entries } = begun.lowered.program;
        const { predict } = entries;
        if (predict === undefined) throw new Error('A document can predict');
        const compiled = await executor.compile({ variables, entries: { predict } }, { seed: 1, selfCheck: false });
        const answers = await compiled.run('predict', { 'inputs/input': images }, ['output/logits']);
        await compiled.dispose();
        const largest = Math.max(...logits.flat().map(Math.abs));
        const found = answers['output/logits'] ?? new Float32Array();
        const worst = Math.max(...logits.flat().map((value, i) => Math.abs((found[i] ?? Number.NaN) - value)));
        expect(worst / largest).toBeLessThan(1e-5);
      }
    } finally {
      await executor.dispose();
      await rm(folder, { recursive: true });
    }
  },
);
