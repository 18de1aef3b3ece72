import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import type { GpuPageRequest } from '../../contract/gpuPage.ts';
import { createBuilder } from '../../graph-engine/program/builder.ts';
import type { Program } from '../../graph-engine/program/program.ts';
import { EngineError } from '../executors/engineError.ts';
import { executorPort } from '../executors/remote/messagePort.ts';
import { openProcessPort } from '../executors/remote/processPort.ts';
import { openRemoteExecutor } from '../executors/remote/remoteExecutor.ts';
import { serveExecutor } from '../executors/remote/serveExecutor.ts';
import { openWasmExecutor } from '../executors/wasm/wasmExecutor.ts';
import { createGpuPageAsker, hasGpuPages, provideGpuPages, relayToGpuPage, type PagePort } from './gpuPages.ts';
import { webgpu } from './kinds/webgpu.ts';

afterEach(() => provideGpuPages(undefined));

/** A process and the one that started it, in one. */
function familyOf() {
  const [parent, child] = [new EventEmitter(), new EventEmitter()];
  const later = (to: EventEmitter, message: unknown) => {
    const copy: unknown = structuredClone(message);
    setImmediate(() => to.emit('message', copy));
  };
  return {
    parent: Object.assign(parent, { send: (message: unknown) => later(child, message) }),
    child: Object.assign(child, {
      connected: true,
      send(message: unknown, done: () => void) {
        later(parent, message);
        done();
      },
    }),
  };
}

/** A port of Node as Electron's utility process has them. */
function pagePort(port: MessagePort): PagePort {
  return {
    postMessage: (message) => port.postMessage(message),
    on(event: 'message' | 'close', listener: (event: { data: unknown }) => void) {
      port.on(event, (data: unknown) => listener({ data }));
    },
    start: () => port.start(),
    close: () => port.close(),
  };
}

function program(): Program {
  const b = createBuilder('double');
  const x = b.input('x', [3], 'float32');
  b.output('y', b.add(x, x));
  return { variables: [], entries: { double: b.entry() } };
}

/** An engine's process whose hidden page computes on WebAssembly. */
function connected() {
  const asked: GpuPageRequest[] = [];
  const far: MessagePort[] = [];
  const asker = createGpuPageAsker((request) => {
    asked.push(request);
    if (request.kind !== 'gpu/open') return;
    const { port1, port2 } = new MessageChannel();
    far.push(port2);
    serveExecutor(executorPort(port2), openWasmExecutor);
    setImmediate(() => asker.receive({ kind: 'gpu/port', page: request.page }, pagePort(port1)));
  });
  const { parent, child } = familyOf();
  relayToGpuPage(child, asker.open);
  return { asked, asker, far, child, opening: openRemoteExecutor(openProcessPort(parent)) };
}

test('an engine’s process computes in a page that the shell has opened for it, and the page ends with it', async () => {
  const { asked, opening, child } = connected();
  const executor = await opening;
  expect(executor.name).toBe('WebAssembly');
  const compiled = await executor.compile(program(), { seed: 1, selfCheck: false });
  expect(await compiled.run('double', { x: Float32Array.of(1, 2, 3) })).toEqual({ y: Float32Array.of(2, 4, 6) });
  child.emit('exit');
  expect(asked.map(({ kind }) => kind)).toEqual(['gpu/open', 'gpu/close']);
});

test('when the page is gone every call fails with the reason, and another process gets a page of its own', async () => {
  const { asked, asker, opening, far } = connected();
  const executor = await opening;
  const compiled = await executor.compile(program(), { seed: 1, selfCheck: false });
  asker.receive({ kind: 'gpu/gone', page: 1, reason: 'The page crashed.' }, undefined);
  const feeds = { x: Float32Array.of(1, 2, 3) };
  await expect(compiled.run('double', feeds)).rejects.toThrow(EngineError);
  await expect(compiled.run('double', feeds)).rejects.toThrow('The page crashed.');
  const { parent, child } = familyOf();
  relayToGpuPage(child, asker.open);
  const next = await openRemoteExecutor(openProcessPort(parent));
  expect(next.name).toBe('WebAssembly');
  await next.dispose();
  await expect.poll(() => asked.map(({ kind, page }) => `${kind} ${page}`)).toContain('gpu/close 2');
  for (const port of far) port.close();
});

test('the engine is offered in the desktop where pages can be opened, and its process is told to use one', async () => {
  expect(hasGpuPages()).toBe(false);
  provideGpuPages(() => ({ post: () => undefined, close: () => undefined }));
  expect(await webgpu.locate()).toMatchObject({ ok: true, value: { environment: { SKIPWIRE_GPU_PAGE: '1' } } });
});
