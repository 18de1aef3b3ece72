import { defineCommand } from './command.ts';

/** Puts advice away for this document, by its keys; it can be brought back. */
export const dismissAdvice = defineCommand<{ keys: readonly string[] }>({
  name: 'dismissAdvice',
  label: 'Dismiss advice',
  run(document, { keys }) {
    document.dismissedAdvice = [...new Set([...(document.dismissedAdvice ?? []), ...keys])].sort();
  },
});

/** Brings dismissed advice back. */
export const restoreAdvice = defineCommand<{ keys: readonly string[] }>({
  name: 'restoreAdvice',
  label: 'Restore advice',
  run(document, { keys }) {
    const gone = new Set(keys);
    const left = (document.dismissedAdvice ?? []).filter((key) => !gone.has(key));
    if (left.length === 0) delete document.dismissedAdvice;
    else document.dismissedAdvice = left;
  },
});
