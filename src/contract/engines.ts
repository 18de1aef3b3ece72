import { z } from 'zod';

/** The engines that programs can be compiled for. */
export const EngineId = z.enum(['tensorflow', 'cuda', 'webgpu', 'wasm']);
export type EngineId = z.infer<typeof EngineId>;

/** What an engine computes on. */
export const EngineDevice = z.strictObject({
  name: z.string(),
  /** `software`: a graphics processor that is only played by the processor, such as SwiftShader. */
  kind: z.enum(['processor', 'graphics', 'software']),
  /** Bytes: of the device, or of the machine for a processor. */
  memory: z.number().optional(),
  /** Version of its driver. */
  driver: z.string().optional(),
});
export type EngineDevice = z.infer<typeof EngineDevice>;
