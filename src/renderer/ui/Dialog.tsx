import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './classNames.ts';

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** Buttons, right-aligned, the confirming one last. */
  readonly footer?: ReactNode;
  readonly width?: 'sm' | 'md' | 'lg' | 'xl';
  readonly 'data-testid'?: string;
}

const WIDTHS = { sm: 'w-[400px]', md: 'w-[520px]', lg: 'w-[680px]', xl: 'w-[900px]' } as const;

/** A modal dialog; Escape and a press outside close it. */
export function Dialog({
  open,
  onClose,
  title,
  description,
  children,
  footer,
  width = 'md',
  'data-testid': testId,
}: DialogProps) {
  return (
    <BaseDialog.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 bg-backdrop opacity-40 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Popup
          data-modal
          data-testid={testId}
          className={classNames(
            'fixed top-[14vh] left-1/2 flex max-h-[76vh] max-w-[calc(100vw-2rem)] -translate-x-1/2 flex-col overflow-hidden rounded-xl bg-raised text-ink shadow-dialog outline-none',
            'transition-[scale,opacity] duration-100 ease-out data-ending-style:scale-[0.98] data-ending-style:opacity-0 data-starting-style:scale-[0.98] data-starting-style:opacity-0',
            WIDTHS[width],
          )}
        >
          <div className="flex items-start gap-3 pt-4 pr-12 pb-3 pl-5">
            <div className="min-w-0 flex-1">
              <BaseDialog.Title className="text-lg font-semibold tracking-tight wrap-anywhere">
                {title}
              </BaseDialog.Title>
              {description !== undefined && (
                <BaseDialog.Description className="mt-1 text-sm wrap-anywhere text-ink-muted">
                  {description}
                </BaseDialog.Description>
              )}
            </div>
          </div>
          {children !== undefined && <div className="min-h-0 flex-1 overflow-auto px-5 pb-4">{children}</div>}
          {footer !== undefined && (
            <div className="flex shrink-0 items-center justify-end gap-2 border-t border-line bg-sunken px-5 py-3">
              {footer}
            </div>
          )}
          {/* Last, so that the keyboard begins at what the dialog is about. */}
          <BaseDialog.Close
            aria-label="Close"
            className="absolute top-3.5 right-3.5 inline-flex size-7 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
          >
            <X size={16} aria-hidden />
          </BaseDialog.Close>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
