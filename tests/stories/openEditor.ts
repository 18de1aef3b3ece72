import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/chromium.mjs';
import { showPage } from './shownPages.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The real product under a person's hands: the server as its command starts it, and the editor in Chromium. */
export interface RunningEditor {
  readonly page: Page;
  readonly workspace: string;
  readonly server: ChildProcess;
  readonly address: string;
  /** What the browser reported as errors; a story without accidents leaves it empty. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

function startServer(
  workspace: string,
  environment: Readonly<Record<string, string>> = {},
): { server: ChildProcess; address: Promise<string> } {
  const command = [path.join(root, 'dist/main/cli.js'), 'serve', '--port', '0', '--no-open', '--workspace', workspace];
  const server = spawn(process.execPath, command, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const address = new Promise<string>((resolve, reject) => {
    let text = '';
    const read = (data: Buffer): void => {
      text += data.toString();
      const [found] = /http:\/\/\S+#token=\S+/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${text}`)));
  });
  return { server, address };
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
}

export interface EditorOptions {
  readonly width?: number;
  readonly height?: number;
  /** The workspace to open; an empty one of its own is made otherwise. */
  readonly workspace?: string;
  /** Added to the environment of the server. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Keeps an engine ready for the next task, as the host does for a person; a story waits for one when it trains. */
  readonly spareEngine?: boolean;
}

/** Starts a server on a workspace and opens the editor. */
export async function openEditor(options: EditorOptions = {}): Promise<RunningEditor> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium was found; set CHROME_PATH or install chromium');
  const workspace = options.workspace ?? mkdtempSync(path.join(tmpdir(), 'skipwire-story-'));
  const { server, address } = startServer(workspace, {
    ...(options.spareEngine === true ? {} : { SKIPWIRE_SPARE_ENGINE: '0' }),
    // Other stories go on beside this one: threads that wait for each other would only take the processor from them.
    TF_NUM_INTRAOP_THREADS: '1',
    ...options.environment,
  });
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await stopServer(server);
    rmSync(workspace, { recursive: true, force: true });
  };
  try {
    const url = await address;
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    const page = await browser.newPage({ viewport: { width: options.width ?? 1440, height: options.height ?? 900 } });
    await asOneBrowser(page);
    showPage(page);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.setDefaultTimeout(60_000);
    // A machine that does much else opens a page slowly.
    await page.goto(url, { timeout: 60_000 });
    await page.getByTestId('connection-state').filter({ hasText: 'Connected' }).waitFor({ timeout: 60_000 });
    return { page, workspace, server, address: url, errors, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Lets the pages of a story name themselves to the host as one browser does, also when it was killed and started again. */
export async function asOneBrowser(page: Page): Promise<void> {
  await page.addInitScript(() => localStorage.setItem('skipwire.editor', 'the-one-of-the-story'));
}

async function centre(locator: Locator): Promise<{ x: number; y: number }> {
  await locator.waitFor();
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`Nothing is shown at ${locator.toString()}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drags with the mouse, in steps as a hand does. */
export async function drag(page: Page, from: Locator, to: Locator | { x: number; y: number }): Promise<void> {
  const start = await centre(from);
  const end = 'x' in to ? to : await centre(to);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
  await page.mouse.move(end.x, end.y, { steps: 4 });
  await page.mouse.up();
}

/** Drags an op from the palette to a place on the canvas, measured from the canvas' corner. */
export async function addNode(page: Page, op: string, x: number, y: number): Promise<void> {
  const canvas = await page.getByTestId('network-canvas').boundingBox();
  if (canvas === null) throw new Error('There is no canvas');
  const item = page.getByTestId(`palette-${op}`);
  await item.scrollIntoViewIfNeeded();
  const before = await page.locator('[data-testid^="node-"]').count();
  await item.dragTo(page.getByTestId('network-canvas'), { targetPosition: { x, y } });
  await page.waitForFunction((count) => document.querySelectorAll('[data-testid^="node-"]').length > count, before);
}

/** Drags a wire from an output port to an input port, both as `node.port`. */
export async function wire(page: Page, from: string, to: string): Promise<void> {
  const port = (text: string, side: 'in' | 'out'): Locator => {
    const [node = '', name = ''] = text.split('.');
    return page.getByTestId(`port-${node}-${name}-${side}`);
  };
  await drag(page, port(from, 'out'), port(to, 'in'));
}

/** Types a value into a field of the inspector or the training form. */
export async function fill(page: Page, field: string, value: string): Promise<void> {
  const input = page.getByTestId(field);
  await input.fill(value);
  await input.press('Enter');
}
