import { Toast as BaseToast } from '@base-ui/react/toast';
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import type { ReactNode } from 'react';

export type ToastTone = 'info' | 'success' | 'danger';

const manager = BaseToast.createToastManager();

const ICONS: Readonly<Record<ToastTone, ReactNode>> = {
  info: <Info size={16} className="text-accent-ink" aria-hidden />,
  success: <CircleCheck size={16} className="text-success" aria-hidden />,
  danger: <CircleAlert size={16} className="text-danger" aria-hidden />,
};

export interface ToastOptions {
  readonly title: string;
  readonly description?: string;
  readonly tone?: ToastTone;
  readonly action?: { readonly label: string; readonly onSelect: () => void };
  /** How long it stays, in milliseconds. */
  readonly timeout?: number;
}

/** Shows a short message in the corner; failures stay longer and are read out at once. The answer takes it away. */
export function showToast({ title, description, tone = 'info', action, timeout }: ToastOptions): () => void {
  const id = manager.add({
    title,
    type: tone,
    timeout: timeout ?? (tone === 'danger' ? 12_000 : 5_000),
    priority: tone === 'danger' ? 'high' : 'low',
    ...(description !== undefined && { description }),
    ...(action !== undefined && { actionProps: { children: action.label, onClick: action.onSelect } }),
  });
  return () => manager.close(id);
}

/** Holds the messages; once, round the whole page. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  return (
    <BaseToast.Provider toastManager={manager} limit={3}>
      {children}
      <BaseToast.Portal>
        <BaseToast.Viewport className="fixed right-4 bottom-10 z-50 flex w-88 max-w-[calc(100vw-2rem)] flex-col-reverse gap-2">
          <ToastList />
        </BaseToast.Viewport>
      </BaseToast.Portal>
    </BaseToast.Provider>
  );
}

function ToastList() {
  const { toasts } = BaseToast.useToastManager();
  return toasts.map((toast) => (
    <BaseToast.Root
      key={toast.id}
      toast={toast}
      // The library would hide urgent ones from screen readers although Tab comes to them.
      aria-hidden={false}
      data-testid="toast"
      className="rounded-lg bg-raised text-ink shadow-popup transition-[opacity,translate] duration-150 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <BaseToast.Content className="flex items-start gap-2.5 p-3">
        <span className="mt-0.5">{ICONS[toneOf(toast.type)]}</span>
        <div className="min-w-0 flex-1">
          <BaseToast.Title className="text-sm font-medium" />
          <BaseToast.Description className="mt-0.5 text-xs break-words text-ink-muted" />
          <BaseToast.Action className="mt-2 rounded-sm text-xs font-medium text-accent-ink hover:underline" />
        </div>
        <BaseToast.Close
          aria-label="Dismiss"
          aria-hidden={false}
          className="-m-1 inline-flex size-6 items-center justify-center rounded-sm text-ink-muted hover:bg-hover hover:text-ink"
        >
          <X size={14} aria-hidden />
        </BaseToast.Close>
      </BaseToast.Content>
    </BaseToast.Root>
  ));
}

function toneOf(type: string | undefined): ToastTone {
  return type === 'success' || type === 'danger' ? type : 'info';
}
