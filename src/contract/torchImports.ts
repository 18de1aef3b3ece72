import { z } from 'zod';
import { call } from './call.ts';
import { ImportReport } from './imports.ts';

/** A PyTorch model: `torchvision:resnet18`, `timm:…`, or a file of the workspace: `FILE.pt`, `FILE.py:ClassName`. */
export const TorchModel = z.strictObject({
  source: z.string().min(1).max(1000),
  /** Sizes of one example, such as `3x224x224`; what the model says itself, or those of a photograph, when absent. */
  input: z
    .string()
    .regex(/^\d{1,7}(x\d{1,7}){0,3}$/)
    .optional(),
  /** Whether the library fetches its trained weights. */
  pretrained: z.boolean().default(false),
});
export type TorchModel = z.infer<typeof TorchModel>;

/** Requests that let the user's own Python write a model; only the second runs code of the model. */
export const torchImportCalls = {
  /** What would run: nothing of the model does yet. */
  'import/torch-plan': call(
    TorchModel,
    z.strictObject({
      python: z.string(),
      /** Of PyTorch. */
      version: z.string(),
      /** The helper script. */
      script: z.string(),
      /** What the script is told. */
      told: z.array(z.string()).readonly(),
    }),
  ),
  /** Runs it, after the user has agreed; the document lies in the folder of models. */
  'import/torch': call(
    TorchModel.extend({ agreed: z.literal(true) }),
    z.strictObject({ path: z.string(), weightsPath: z.string().nullable(), report: ImportReport }),
  ),
  /** Ends the Python that runs; whether one did. */
  'import/torch-cancel': call(z.strictObject({}), z.strictObject({ cancelled: z.boolean() })),
} as const;

/** A line that Python said on its way. */
export const ImportProgress = z.strictObject({ line: z.string() });
