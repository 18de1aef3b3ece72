import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { findChromium } from '../../../../../scripts/chromium.mjs';
import { pageHeaders, pageTypes } from '../../../../contract/pageDelivery.ts';
import { createBuilder } from '../../../../graph-engine/program/builder.ts';
import { productRoot } from '../../../files/productRoot.ts';
import { threeWeights as weight } from '../../testing/threeWeights.ts';

const files = path.join(productRoot, 'dist', 'gpuPage');

/** `y = weight * x`, and `weight -= rate * x`. */
function program() {
  const b = createBuilder('learn');
  const [x, rate] = [b.input('x', [3], 'float32'), b.input('rate', [], 'float32')];
  b.output('y', b.multiply(b.readVariable(weight), x));
  b.applyGradientDescent(weight, rate, x);
  return { variables: [weight], entries: { learn: b.entry() } };
}

/** What the preload script and the engine's process do, in the page: hand it a port, and ask at the other end. */
const conversation = `async (program) => {
  const { port1, port2 } = new MessageChannel();
  const waiting = new Map();
  let answers = 0;
  port1.onmessage = ({ data }) => {
    answers++;
    for (const reply of data) waiting.get(reply.number)(reply);
  };
  const ask = (request) => new Promise((resolve) => {
    waiting.set(waiting.size + 1, resolve);
    port1.postMessage({ number: waiting.size, request });
  });
  window.postMessage('skipwire:gpu-port', '*', [port2]);
  const opened = await ask({ kind: 'open' });
  const { compiled } = (await ask({ kind: 'compile', program, options: { seed: 1, selfCheck: false } })).value;
  const step = (x, queued) => {
    const feeds = { x: Float32Array.from(x), rate: Float32Array.of(0.5) };
    return ask({ kind: 'run', compiled, entry: 'learn', feeds, queued });
  };
  const found = [];
  for (let i = 0; i < 3; i++) found.push(Array.from((await step([1, 2, 3], false)).value.y));
  const { value } = await ask({ kind: 'read', compiled });

  const inputs = Array.from({ length: 32 }, (_, i) => [0.1 * i, 1 / (i + 1), Math.sin(i)]);
  const learn = async (queued) => {
    await ask({ kind: 'write', compiled, values: { weight: Float32Array.of(2, 2, 2) } });
    const before = answers;
    const losses = [];
    if (queued) {
      const sent = inputs.map((x) => step(x, true));
      port1.postMessage({ settle: compiled });
      losses.push(...(await Promise.all(sent)));
    } else for (const x of inputs) losses.push(await step(x, false));
    const count = answers - before;
    const weight = (await ask({ kind: 'read', compiled })).value.weight;
    return { count, values: [...losses.map(({ value }) => Array.from(value.y)), Array.from(weight)] };
  };
  const [waited, queued] = [await learn(false), await learn(true)];
  return {
    device: opened.value.device.kind,
    found,
    weight: Array.from(value.weight),
    waited: waited.count,
    queued: queued.count,
    same: JSON.stringify(waited.values) === JSON.stringify(queued.values) && waited.values.flat().every(Number.isFinite),
  };
}`;

test(
  'the hidden page trains on the graphics processor under the policy of the desktop',
  { timeout: 300_000 },
  async () => {
    const server = createServer((request, response) => {
      const name = request.url === '/' ? '/index.html' : (request.url ?? '');
      readFile(path.join(files, path.normalize(name))).then(
        (body) => response.writeHead(200, { ...pageHeaders, 'Content-Type': pageTypes[path.extname(name)] }).end(body),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const executablePath = findChromium();
    const browser = await chromium.launch({
      ...(executablePath !== undefined && { executablePath }),
      args: ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
      timeout: 180_000,
    });
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { timeout: 180_000 });
      const answer: unknown = await page.evaluate(`(${conversation})(${JSON.stringify(program())})`);
      expect(answer).toEqual({
        device: 'software',
        found: [
          [2, 4, 6],
          [1.5, 2, 1.5],
          [1, 0, -3],
        ],
        weight: [0.5, -1, -2.5],
        // Answers that were waited for, of 32 steps that wait for one another and of 32 that are sent ahead.
        waited: 32,
        queued: 1,
        same: true,
      });
    } finally {
      await browser.close();
      server.close();
    }
  },
);
