import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { build } from '../scripts/build.mjs';
import { findChromium } from '../scripts/chromium.mjs';
import { largeDrawing } from './largeDrawing.mjs';
import { measureInPage } from './measureInPage.mjs';

/** `npm run bench:editor`: how the editor feels with large networks, measured in headless Chromium without a GPU. */
const root = path.join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    nodes: { type: 'string', default: '5000' },
    json: { type: 'string' },
    rounds: { type: 'string', default: '3' },
  },
});
const rounds = Number(options.rounds);
const EDITS = 8;

/** The aims, in milliseconds and frames a second. */
const aims = {
  'ready, 5000 nodes (ms)': 600,
  'ready, ResNet-1001 (ms)': 1000,
  'pan at zoom 1 (fps)': 55,
  'pan at zoom 0.1 (fps)': 45,
  'edit to shapes (ms)': 16,
  'layout of 500 nodes (ms)': 500,
};

/** @typedef {import('playwright-core').Page} Page */
/** @type {Record<string, Record<string, number | string>>} */
const results = {};

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** @param {number} value */
const short = (value) => (value >= 100 ? Math.round(value) : Math.round(value * 10) / 10);

/**
 * @param {string} workspace
 * @returns {Promise<{ address: string, end: () => void }>}
 */
function startServer(workspace) {
  const args = [path.join(root, 'dist/main/cli.js'), 'serve', '--port', '0', '--no-open', '--workspace', workspace];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let text = '';
    /** @param {Buffer} data */
    const read = (data) => {
      text += data.toString();
      const [address] = /http:\/\/\S+#token=\S+/.exec(text) ?? [];
      if (address !== undefined) resolve({ address, end: () => server.kill('SIGTERM') });
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${text}`)));
  });
}

/**
 * Opens a document as a file dropped on the window, from the drop to the frame that shows it.
 * @param {Page} page
 * @param {string} text
 * @param {string} expected text of the status bar once it is open
 * @returns {Promise<number>}
 */
function openByDrop(page, text, expected) {
  return page.evaluate(
    ([content = '', words = '']) => window.skipwireBench.openByDrop(content, words),
    [text, expected],
  );
}

/**
 * What the page's main thread computed meanwhile: that does not grow while others use the machine, as the time on the wall does.
 * @param {Page} page
 * @param {() => Promise<unknown>} act
 * @returns {Promise<number>} milliseconds
 */
async function processorTime(page, act) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
  };
  const before = await spent();
  await act();
  const after = await spent();
  await session.detach();
  return after - before;
}

/**
 * @param {Page} page
 * @returns {Promise<number>} megabytes in use after a collection
 */
async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

/**
 * Everything that is measured of an open drawing.
 * @param {Page} page
 * @param {string} name
 */
async function measureDrawing(page, name) {
  const row = (results[name] ??= {});
  const box = await page.getByTestId('network-canvas').boundingBox();
  if (box === null) throw new Error('There is no canvas');
  /** @param {number} zoom */
  const zoomTo = (zoom) => page.evaluate((wanted) => window.skipwireBench.zoomTo(wanted), zoom);

  for (const zoom of [1, 0.1]) {
    await zoomTo(zoom);
    const frames = await page.evaluate(() => window.skipwireBench.pan(2000));
    row[`pan at zoom ${zoom} (fps)`] = short(frames.fps);
    row[`pan at zoom ${zoom}, slowest frame (ms)`] = short(frames.slowest);
  }
  const zooming = await page.evaluate(() => window.skipwireBench.zoom(2000));
  row['zoom in and out (fps)'] = short(zooming.fps);

  await zoomTo(1);
  await page.evaluate(() => window.skipwireBench.centreOnFirst());
  const card = page.locator('.sw-node.is-selected');
  await card.click();
  const at = await card.boundingBox();
  if (at === null) throw new Error('There is no card to drag');
  const [x, y] = [at.x + at.width / 2, at.y + at.height / 2];
  await page.evaluate(() => window.skipwireBench.watchMoves());
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 60; step++) await page.mouse.move(x + step, y + step * 2);
  const moves = await page.evaluate(() => window.skipwireBench.moves());
  await page.mouse.up();
  row['drag, from the move to its frame (ms)'] = short(median(moves));
  await page.keyboard.press('Control+z');
  await card.click();

  /** @type {{ known: number, shown: number }[]} */
  const edits = [];
  const busy = await processorTime(page, async () => {
    for (let round = 0; round < EDITS; round++)
      edits.push(await page.evaluate((size) => window.skipwireBench.edit(size), 33 + round));
  });
  row['edit to shapes (ms)'] = short(median(edits.map(({ known }) => known)));
  row['edit to its frame (ms)'] = short(median(edits.map(({ shown }) => shown)));
  row['edit, processor time with all that follows (ms)'] = short(busy / EDITS);
  row['heap (MB)'] = short(await heapOf(page));
}

/** @param {string} name */
function print(name) {
  console.log(`\n${name}`);
  for (const [what, value] of Object.entries(results[name] ?? {})) console.log(`  ${what.padEnd(44)} ${value}`);
}

/** @param {Page} page */
async function closeOthers(page) {
  await page.evaluate(() => localStorage.clear());
}

const workspace = mkdtempSync(path.join(os.tmpdir(), 'skipwire-bench-'));
await build();
const executablePath = findChromium();
if (executablePath === undefined) throw new Error('No Chromium was found; set CHROME_PATH or install chromium');
const server = await startServer(workspace);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
console.log(
  `processors ${os.availableParallelism()}, load ${os.loadavg()[0]?.toFixed(1)}, Chromium ${browser.version()}, no GPU`,
);
try {
  const large = largeDrawing(Number(options.nodes));
  /** @type {number[]} */
  const ready = [];
  /** @type {number[]} */
  const computed = [];
  for (let round = 0; round < rounds; round++) {
    const page = await openPage(browser, server.address);
    const busy = await processorTime(page, async () => {
      ready.push(await openByDrop(page, large.text, `${large.nodes} ops`));
    });
    computed.push(busy);
    if (round === rounds - 1) {
      results[`${large.nodes} nodes`] = {
        'ready (ms)': short(median(ready)),
        'ready, processor time (ms)': short(median(computed)),
      };
      await measureDrawing(page, `${large.nodes} nodes`);
      print(`${large.nodes} nodes`);
    }
    await page.close();
  }

  const page = await openPage(browser, server.address);
  const opened = await page.evaluate(() => window.skipwireBench.openTemplate('resnet-1001'));
  results['ResNet-1001'] = { 'ready (ms)': short(opened) };
  await page.evaluate(() => window.skipwireBench.openTemplate('resnet-152'));
  const expanded = await page.evaluate(() => window.skipwireBench.expandAll());
  results['ResNet-152, expanded'] = { nodes: expanded.nodes, 'unpacked and ready (ms)': short(expanded.milliseconds) };
  await measureDrawing(page, 'ResNet-152, expanded');
  const layout = await page.evaluate(() => window.skipwireBench.arrange());
  Object.assign(results['ResNet-152, expanded'], {
    'layout (ms)': short(layout.milliseconds),
    'layout, longest frame meanwhile (ms)': short(layout.blocked),
  });
  print('ResNet-1001');
  print('ResNet-152, expanded');
  await page.close();
} finally {
  await browser.close();
  server.end();
  rmSync(workspace, { recursive: true, force: true });
}

console.log(
  `\naims: ${Object.entries(aims)
    .map(([what, aim]) => `${what} ${aim}`)
    .join(' · ')}`,
);
console.log(`load at the end ${os.loadavg()[0]?.toFixed(1)}`);
if (options.json !== undefined)
  writeFileSync(options.json, `${JSON.stringify({ results, aims, load: os.loadavg() }, null, 2)}\n`);

/**
 * @param {import('playwright-core').Browser} from
 * @param {string} address
 * @returns {Promise<Page>}
 */
async function openPage(from, address) {
  const page = await from.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(measureInPage);
  await page.goto(address);
  await page.getByTestId('connection-state').filter({ hasText: 'Connected' }).waitFor();
  await closeOthers(page);
  return page;
}
