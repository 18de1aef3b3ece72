import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-node';
import { GRAPH_TAG } from '../../graph-engine/targets/tensorflow/graphWriter.ts';
import type { TfjsNode } from '../engines/loadTfjsNode.ts';
import { withSessionConfig, type SessionSettings } from '../engines/sessionConfig.ts';
import type { TensorData } from './compiledProgram.ts';

/** The part of tfjs-node's backend that runs sessions; its types do not say so. */
interface SessionBackend {
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  runSavedModel(
    session: number,
    inputs: readonly Tensor[],
    inputNames: readonly { readonly name: string }[],
    outputNames: readonly string[],
  ): Tensor[];
  deleteSavedModel(session: number): void;
}

export interface SessionFeed {
  readonly data: TensorData;
  readonly dims: readonly number[];
}

/** A graph in TensorFlow's memory. */
export interface TensorflowSession {
  /** Feeds node outputs and fetches others, in one native call. What TensorFlow says is thrown. */
  run(inputs: SessionInputs, feeds: readonly SessionFeed[], fetches: readonly string[]): TensorData[];
  dispose(): void;
}

/** Node outputs to feed, in the order of the feeds. Made once and used for many calls. */
export type SessionInputs = readonly { readonly name: string }[];

/** Loads a graph. Sessions share nothing, not even when their graphs are equal. */
export async function openSession(
  tf: TfjsNode,
  savedModel: Uint8Array,
  settings: SessionSettings = { inCallersThread: false },
): Promise<TensorflowSession> {
  const backend = tf.backend() as unknown as SessionBackend;
  // TensorFlow reads graphs from folders only. It has read everything when it returns, so nothing stays behind on the
  // disk even if this process is killed later.
  const folder = await mkdtemp(path.join(tmpdir(), 'skipwire-graph-'));
  let session: number;
  try {
    await writeFile(path.join(folder, 'saved_model.pb'), savedModel);
    session = withSessionConfig(settings, () => backend.loadSavedModelMetaGraph(folder, GRAPH_TAG));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return {
    run(inputs, feeds, fetches) {
      const fed: Tensor[] = [];
      let fetched: readonly Tensor[] = [];
      try {
        for (const { data, dims } of feeds) {
          fed.push(tf.tensor(data, [...dims], data instanceof Int32Array ? 'int32' : 'float32'));
        }
        fetched = backend.runSavedModel(session, fed, inputs, fetches);
        return fetched.map((tensor) => tensor.dataSync<'float32' | 'int32'>());
      } finally {
        for (const tensor of fed) tensor.dispose();
        for (const tensor of fetched) tensor.dispose();
      }
    },
    dispose: () => backend.deleteSavedModel(session),
  };
}
