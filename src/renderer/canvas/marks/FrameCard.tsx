import { NodeResizer, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { classNames } from '../../ui/classNames.ts';
import { editText, useCanvas } from '../canvasStore.ts';
import { focusCanvas } from '../focusCanvas.ts';
import type { FrameNode } from './deriveMarks.ts';
import { setMarkText } from './editMarks.ts';

/** A titled area; its bar moves it with what lies in it. */
export const FrameCard = memo(function FrameCard({ id, data, selected }: NodeProps<FrameNode>) {
  const typing = useCanvas((state) => state.typing === id);
  return (
    <div className={classNames('sw-frame', selected && 'is-selected')} data-colour={data.colour} data-testid={id}>
      <NodeResizer
        isVisible={selected}
        minWidth={80}
        minHeight={60}
        handleClassName="sw-resize"
        lineClassName="sw-edge"
      />
      <div className="sw-frame-title" onDoubleClick={() => editText(id)}>
        {typing ? (
          <TitleField id={id} title={data.title} />
        ) : (
          <span className="truncate" title={data.title}>
            {data.title}
          </span>
        )}
      </div>
    </div>
  );
});

function TitleField({ id, title }: { readonly id: string; readonly title: string }) {
  return (
    <input
      autoFocus
      aria-label="Title of the frame"
      defaultValue={title}
      maxLength={120}
      className="nodrag sw-frame-field"
      data-testid="frame-title-field"
      onFocus={(event) => event.currentTarget.select()}
      onBlur={(event) => {
        setMarkText(id, event.currentTarget.value);
        editText(null);
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') event.currentTarget.value = title;
        if (event.key === 'Enter' || event.key === 'Escape') focusCanvas();
      }}
    />
  );
}
