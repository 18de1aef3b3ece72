import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { SearchList, type SearchListProps } from './SearchList.tsx';

export interface SearchDialogProps<Item> extends SearchListProps<Item> {
  readonly title: string;
  readonly onClose: () => void;
  readonly 'data-testid': string;
}

/** A search list over everything else: Escape and a press outside close it. */
export function SearchDialog<Item>({ title, onClose, 'data-testid': testId, ...list }: SearchDialogProps<Item>) {
  return (
    <BaseDialog.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 bg-backdrop opacity-30" />
        <BaseDialog.Popup
          data-modal
          data-testid={testId}
          className="fixed top-[12vh] left-1/2 w-[520px] max-w-[calc(100vw-2rem)] -translate-x-1/2 overflow-hidden rounded-xl bg-raised text-ink shadow-dialog outline-none"
        >
          <BaseDialog.Title className="sr-only">{title}</BaseDialog.Title>
          <SearchList {...list} />
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
