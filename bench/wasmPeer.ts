import { openWasmExecutor } from '../src/main/executors/wasm/wasmExecutor.ts';
import { servePeer } from './peerProcess.ts';
import { trainingPeer } from './trainingPeer.ts';

const started = performance.now();
const executor = await openWasmExecutor();
await servePeer(trainingPeer(executor, performance.now() - started));
