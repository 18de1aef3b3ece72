import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEditor, type RunningEditor } from './openEditor.ts';

let editor: RunningEditor;

beforeAll(async () => {
  editor = await openEditor();
});

afterAll(async () => {
  await editor.close();
});

/*
 * The desktop shell hands the page a MessagePort to the host. Here a page script stands in for its preload script and
 * main process: it opens the port and carries what goes through it to the real host and back.
 */
test('through the bridge of the desktop shell the editor works, and asks for a new port when the host ends', async () => {
  const browser = editor.page.context().browser();
  if (browser === null) throw new Error('The page has no browser');
  const page = await browser.newPage();
  await page.addInitScript(
    (token: string) => {
      const ports: MessagePort[] = [];
      const bridge = {
        platform: 'linux',
        connect(request: number): void {
          const { port1, port2 } = new MessageChannel();
          const socket = new WebSocket(location.origin.replace('http', 'ws') + '/host');
          const early: string[] = [];
          let open = false;
          socket.onopen = () => socket.send(JSON.stringify({ kind: 'hello', token }));
          socket.onmessage = ({ data }: MessageEvent<string>) => {
            const message = JSON.parse(data) as { kind: string };
            if (message.kind !== 'welcome') return port1.postMessage(message);
            open = true;
            for (const text of early) socket.send(text);
          };
          port1.onmessage = ({ data }: MessageEvent<unknown>) => {
            if (open) socket.send(JSON.stringify(data));
            else early.push(JSON.stringify(data));
          };
          ports.push(port1);
          window.postMessage({ kind: 'skipwire:port', request }, '/', [port2]);
        },
      };
      Object.assign(window, { skipwire: bridge, bridgePorts: ports });
    },
    new URL(editor.address).hash.replace('#token=', ''),
  );

  await page.goto(editor.address.replace(/#.*/, ''));
  await page.getByTestId('connection-state').filter({ hasText: 'Connected' }).waitFor();
  // What the host told came through the port.
  await page.getByTestId('engine-state').waitFor();

  const portsAsked = (): Promise<number> =>
    page.evaluate(() => (window as unknown as { bridgePorts: MessagePort[] }).bridgePorts.length);
  expect(await portsAsked()).toBe(1);
  await page.evaluate(() => window.postMessage({ kind: 'skipwire:closed' }, '/'));
  await page.waitForFunction(() => (window as unknown as { bridgePorts: MessagePort[] }).bridgePorts.length === 2);
  await page.getByTestId('connection-state').filter({ hasText: 'Connected' }).waitFor();
});
