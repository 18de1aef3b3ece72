import type * as OnnxRuntime from 'onnxruntime-node';
import { float16Bits, float16Value } from '../graph-engine/targets/onnx/float16.ts';
import { thinned } from './verification/thinning.ts';
import { type Tensor, type VerifyReply, VerifyRequest } from './verification/verifyMessages.ts';

/**
 * Runs one ONNX file on given inputs and exits. A process of its own: onnxruntime is native code that may be missing,
 * crash or hang, and none of that may reach the host.
 */
async function verify(request: VerifyRequest): Promise<VerifyReply> {
  let runtime: typeof OnnxRuntime;
  try {
    runtime = await import('onnxruntime-node');
  } catch (error) {
    return failed('load', error);
  }
  let session: OnnxRuntime.InferenceSession;
  try {
    // Errors only: warnings about models are noise here. The optimizations are those that a user of the file gets.
    session = await runtime.InferenceSession.create(request.file, { executionProviders: ['cpu'], logSeverityLevel: 3 });
  } catch (error) {
    return failed('open', error);
  }
  try {
    const batches: Record<string, Tensor>[] = [];
    for (const inputs of request.batches) {
      const feeds: Record<string, OnnxRuntime.Tensor> = {};
      for (const [name, { data, dims }] of Object.entries(inputs)) {
        if (data instanceof Int32Array) feeds[name] = new runtime.Tensor('int32', data, dims);
        else if (request.half === true)
          feeds[name] = new runtime.Tensor('float16', Uint16Array.from(data, float16Bits), dims);
        else feeds[name] = new runtime.Tensor('float32', data, dims);
      }
      const results = await session.run(feeds, request.outputs);
      batches.push(
        Object.fromEntries(
          request.outputs.map((name) => {
            const { data: given, dims } = results[name] ?? {};
            const data = given instanceof Uint16Array ? Float32Array.from(given, float16Value) : given;
            if (!(data instanceof Float32Array || data instanceof Int32Array) || dims === undefined) {
              throw new Error(`The output "${name}" is no float32 or int32 tensor.`);
            }
            return [name, thinned({ data, dims: [...dims] }, request.thinnings?.[name])];
          }),
        ),
      );
    }
    return {
      kind: 'done',
      runtime: `onnxruntime ${runtime.env.versions.node ?? runtime.env.versions.common}`,
      batches,
    };
  } catch (error) {
    return failed('run', error);
  }
}

function failed(stage: 'load' | 'open' | 'run', error: unknown): VerifyReply {
  return { kind: 'failed', stage, message: error instanceof Error ? error.message : String(error) };
}

process.once('message', (message) => {
  void verify(VerifyRequest.parse(message)).then((reply) => {
    process.send?.(reply, () => process.disconnect());
  });
});
