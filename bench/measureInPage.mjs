/**
 * Runs in the page, before the editor: what the bench asks of it. It acts as a person would - events on what is shown -
 * and looks at frames and at what is on the screen.
 */
export function measureInPage() {
  const frame = () => new Promise((/** @type {(time: number) => void} */ resolve) => requestAnimationFrame(resolve));
  const painted = async () => {
    await frame();
    await frame();
    return performance.now();
  };
  /** When the frame is through that is being made: a message is taken after it. Called in that frame. */
  const throughFrame = () =>
    new Promise((/** @type {(time: number) => void} */ resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    });
  /**
   * When something has come true, told at once by what changed in the page and not by asking every few milliseconds.
   * @param {() => boolean} holds
   */
  const whenChanged = (holds) =>
    new Promise((/** @type {(time: number) => void} */ resolve) => {
      const observer = new MutationObserver(() => {
        if (!holds()) return;
        observer.disconnect();
        resolve(performance.now());
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    });
  /** @param {string} id */
  const byTestId = (id) => document.querySelector(`[data-testid="${id}"]`);
  /** @param {() => boolean} holds */
  const until = async (holds) => {
    const limit = performance.now() + 60_000;
    while (!holds()) {
      if (performance.now() > limit) throw new Error(`Never came true: ${holds}`);
      await frame();
    }
  };
  const totals = () => byTestId('totals')?.textContent?.replace(/[\s\u2009]/g, '') ?? '';
  const isDrawn = () => document.querySelector('.sw-node, [data-testid="overview"]') !== null;
  const pane = () => document.querySelector('.react-flow__pane') ?? document.body;
  const canvas = () => document.querySelector('[data-canvas-root]') ?? document.body;
  const centre = () => {
    const box = pane().getBoundingClientRect();
    return { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
  };
  /** @param {Partial<WheelEventInit>} how */
  const wheel = (how) =>
    pane().dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, ...centre(), ...how }));
  const zoomNow = () => {
    const transform = document.querySelector('.react-flow__viewport')?.getAttribute('style') ?? '';
    return Number(/scale\(([\d.]+)\)/.exec(transform)?.[1] ?? 1);
  };

  /**
   * @param {number} milliseconds
   * @param {(index: number) => void} act what is done in each frame
   */
  async function frames(milliseconds, act) {
    await painted();
    const start = performance.now();
    let [count, slowest, last] = [0, 0, start];
    while (performance.now() - start < milliseconds) {
      act(count);
      await frame();
      const now = performance.now();
      slowest = Math.max(slowest, now - last);
      last = now;
      count += 1;
    }
    return { fps: (count * 1000) / (last - start), slowest };
  }

  /** @type {number[]} */
  let latencies = [];

  Object.assign(globalThis, {
    skipwireBench: {
      /**
       * @param {string} text
       * @param {string} words
       */
      async openByDrop(text, words) {
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], 'drawing.json', { type: 'application/json' }));
        const start = performance.now();
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
        const wanted = words.replace(/\s/g, '');
        await until(() => totals().includes(wanted) && isDrawn());
        return (await throughFrame()) - start;
      },
      /** @param {string} id */
      async openTemplate(id) {
        await until(() => byTestId(`palette-network-${id}`) !== null);
        const before = totals();
        const start = performance.now();
        /** @type {HTMLElement} */ (byTestId(`palette-network-${id}`)).click();
        await until(() => totals() !== before && isDrawn());
        return (await throughFrame()) - start;
      },
      async expandAll() {
        const start = performance.now();
        window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }));
        await until(() => byTestId('command-palette') !== null);
        const field = /** @type {HTMLInputElement} */ (document.querySelector('[data-testid="command-palette"] input'));
        const opened = performance.now();
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'unpack all');
        field.dispatchEvent(new Event('input', { bubbles: true }));
        await frame();
        /** @type {HTMLElement} */ (document.querySelector('[data-testid="command-palette"] [role="option"]')).click();
        await until(() => document.title.includes('(expanded)') && isDrawn());
        const nodes = Number(/(\d+)ops/.exec(totals())?.[1] ?? 0);
        return { milliseconds: (await painted()) - opened, nodes, total: performance.now() - start };
      },
      /** @param {number} zoom */
      async zoomTo(zoom) {
        const limit = performance.now() + 20_000;
        while (Math.abs(zoomNow() / zoom - 1) > 0.02 && performance.now() < limit) {
          // The library zooms by 2 to the power of the wheel's way.
          const steps = Math.max(-3, Math.min(3, Math.log2(zoom / zoomNow())));
          wheel({ deltaY: -steps * 50, ctrlKey: true });
          await painted();
        }
        await painted();
      },
      /** @param {number} milliseconds */
      pan: (milliseconds) =>
        frames(milliseconds, (index) => {
          const way = index % 120 < 60 ? 14 : -14;
          wheel({ deltaX: way, deltaY: way / 2 });
        }),
      /** @param {number} milliseconds */
      zoom: (milliseconds) =>
        frames(milliseconds, (index) => wheel({ deltaY: index % 80 < 40 ? 2 : -2, ctrlKey: true })),
      async centreOnFirst() {
        /** @type {HTMLElement} */ (document.querySelector('[data-canvas-root]')).focus();
        canvas().dispatchEvent(new KeyboardEvent('keydown', { key: 'f', ctrlKey: true, bubbles: true }));
        await until(() => byTestId('find') !== null);
        const field = /** @type {HTMLInputElement} */ (byTestId('find-input'));
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'conv2d');
        field.dispatchEvent(new Event('input', { bubbles: true }));
        await frame();
        field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        await until(() => byTestId('find') === null && document.querySelector('.sw-node.is-selected') !== null);
        await new Promise((resolve) => setTimeout(resolve, 400));
      },
      watchMoves() {
        latencies = [];
        window.addEventListener(
          'mousemove',
          () => {
            const start = performance.now();
            requestAnimationFrame(() => setTimeout(() => latencies.push(performance.now() - start)));
          },
          true,
        );
      },
      moves: () => latencies,
      /**
       * Gives the selected convolution another number of filters: from the key to the new shape on its wire and the new sums,
       * and to the end of the frame that shows them.
       * @param {number} size
       */
      async edit(size) {
        await until(() => byTestId('field-filters') !== null);
        const field = /** @type {HTMLInputElement} */ (byTestId('field-filters'));
        field.focus();
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, String(size));
        field.dispatchEvent(new Event('input', { bubbles: true }));
        await frame();
        const before = totals();
        const isOnWire = () =>
          [...document.querySelectorAll('.sw-wire-label')].some((label) => label.textContent.endsWith(`×${size}`));
        const changed = whenChanged(() => totals() !== before && isOnWire());
        const start = performance.now();
        field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        const known = (await changed) - start;
        await frame();
        return { known, shown: (await throughFrame()) - start };
      },
      async arrange() {
        /** @type {HTMLElement} */ (document.querySelector('[data-canvas-root]')).focus();
        canvas().dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
        const undo = byTestId('undo')?.getAttribute('aria-label');
        let [blocked, done] = [0, false];
        const watch = (async () => {
          for (let last = performance.now(); !done;) {
            await frame();
            const now = performance.now();
            blocked = Math.max(blocked, now - last);
            last = now;
          }
        })();
        const start = performance.now();
        document
          .querySelector('[data-canvas-root]')
          ?.dispatchEvent(new KeyboardEvent('keydown', { key: 'l', bubbles: true, cancelable: true }));
        await until(() => byTestId('undo')?.getAttribute('aria-label') !== undo);
        const milliseconds = performance.now() - start;
        done = true;
        await watch;
        return { milliseconds, blocked };
      },
    },
  });
}
