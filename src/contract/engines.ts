import { z } from 'zod';
import { call } from './call.ts';
import { WorkspacePath } from './workspacePath.ts';

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

/** A library that Skipwire can fetch, once per user. */
export const EngineInstallation = z.strictObject({
  isInstalled: z.boolean(),
  /** Bytes to fetch, about. */
  download: z.number(),
  /** Bytes on the disk afterwards, about. */
  disk: z.number(),
});
export type EngineInstallation = z.infer<typeof EngineInstallation>;

/** An engine as it is on the machine of the host. */
export const EngineStatus = z.strictObject({
  id: EngineId,
  title: z.string(),
  /** `ready`: its self-test passed. `probing`: it is there, and is being measured. `broken`: it is there, and does not work. */
  state: z.enum(['ready', 'missing', 'broken', 'installing', 'probing']),
  version: z.string().optional(),
  device: EngineDevice.optional(),
  threads: z.int().optional(),
  /** Measured with products of matrices. */
  gflops: z.number().optional(),
  /** What it is, or what is wrong with it. */
  detail: z.string(),
  remedy: z.string().optional(),
  installation: EngineInstallation.optional(),
  /** Graphics processors among which the user may choose. */
  devices: z.array(EngineDevice.extend({ index: z.string() })).optional(),
});
export type EngineStatus = z.infer<typeof EngineStatus>;

/** What the user wants to train on; `automatic` is the fastest that passes its self-test. */
export const EngineWish = z.strictObject({
  engine: z.union([z.literal('automatic'), EngineId]),
  /** One of several graphics processors, by its number. */
  device: z
    .string()
    .regex(/^\d{1,3}$/)
    .optional(),
});
export type EngineWish = z.infer<typeof EngineWish>;

/** What a run that begins now would train on. */
export const EngineChoice = z.strictObject({
  wish: EngineWish,
  /** Nothing where no engine works. */
  engine: EngineId.nullable(),
  reason: z.string(),
});
export type EngineChoice = z.infer<typeof EngineChoice>;

export const EngineList = z.strictObject({ engines: z.array(EngineStatus), choice: EngineChoice });
export type EngineList = z.infer<typeof EngineList>;

/** What Skipwire can install: the library for processors, or the one for NVIDIA's graphics processors. */
export const EngineVariant = z.enum(['cpu', 'cuda']);
export type EngineVariant = z.infer<typeof EngineVariant>;

/** What the host says of engines by itself. */
export const EngineEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('list'), list: EngineList }),
  z.strictObject({
    kind: z.literal('installing'),
    variant: EngineVariant,
    /** In words. */
    phase: z.string(),
    /** Of all phases, from 1. */
    place: z.strictObject({ phase: z.int(), of: z.int() }),
    /** Bytes, where they are known. */
    done: z.number().optional(),
    total: z.number().optional(),
  }),
  /** It has ended, in whatever way. */
  z.strictObject({ kind: z.literal('installed'), variant: EngineVariant }),
]);
export type EngineEvent = z.infer<typeof EngineEvent>;

const nothing = z.strictObject({});

/** Requests about engines. */
export const engineCalls = {
  'engine/list': call(nothing, EngineList),
  /** Tests and measures all engines anew, or one. */
  'engine/probe': call(z.strictObject({ engine: EngineId.optional() }), EngineList),
  /** For runs that begin later; those under way go on with what they have. */
  'engine/choose': call(EngineWish, EngineList),
  /** Fetches and installs a library, or takes it from a wheel file in the workspace. Progress comes as events. */
  'engine/install': call(
    z.strictObject({ variant: EngineVariant.default('cpu'), wheel: WorkspacePath.optional() }),
    EngineList,
  ),
  /** Ends an installation; the next one goes on with what was fetched. */
  'engine/cancel': call(nothing, nothing),
  'engine/uninstall': call(z.strictObject({ variant: EngineVariant }), EngineList),
} as const;
