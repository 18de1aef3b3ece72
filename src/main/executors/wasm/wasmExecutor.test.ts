import { describeExecutor } from '../testing/describeExecutor.ts';
import { openWasmExecutor } from './wasmExecutor.ts';

describeExecutor('WebAssembly', openWasmExecutor);
