import { useEffect } from 'react';
import type { AppCommand } from './appCommands.tsx';
import { keysOf } from '../store/keyBindings.ts';
import { showToast } from '../ui/Toast.tsx';
import { shortcutOf } from '../ui/shortcuts.ts';

/** Runs commands by their keys, wherever the focus is but in an open dialog. */
export function useShortcuts(commands: readonly AppCommand[]): void {
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.isComposing || (event.defaultPrevented && !isIdleButton(event.target))) return;
      const pressed = shortcutOf(event);
      const command = commands.find((one) => keysOf(one).includes(pressed));
      if (command === undefined) return;
      if (command.leaveToFields === true && isTextField(event.target)) return;
      // The browser's own answer (save page, open file) must not come either way.
      event.preventDefault();
      if (document.querySelector('[data-modal]') !== null) return;
      if (command.enabled) (command.onKey ?? command.run)();
      else if (command.hindrance !== undefined)
        showToast({ tone: 'danger', title: `“${command.label}” is not possible now`, description: command.hindrance });
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [commands]);
}

/** A button that cannot be pressed now keeps the focus, and its library stops every key. They are nobody's then. */
function isIdleButton(target: EventTarget | null): boolean {
  return target instanceof HTMLButtonElement && target.getAttribute('aria-disabled') === 'true';
}

function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      (target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'range'))
  );
}
