import type { OnnxEnd } from '../../../../graph-engine/targets/onnx/describeOnnx.ts';
import { formatBytes, formatCount } from '../../../training/format.ts';
import { classNames } from '../../../ui/classNames.ts';
import type { OnnxPreviewState } from './useOnnxPreview.ts';

/** So many kinds of operators are listed; the others are counted. */
const SHOWN_OPERATORS = 8;

/** The file before it is written: size, ends, operators, and what is no longer exactly so. */
export function OnnxPreview({ preview: { description, reason, stale } }: { readonly preview: OnnxPreviewState }) {
  if (reason !== undefined) {
    return (
      <p role="alert" className="self-start rounded-md bg-danger-soft p-3 text-sm text-danger">
        {reason}
      </p>
    );
  }
  if (description === undefined) return <p className="text-sm text-ink-muted">Working it out…</p>;
  const { modelBytes, dataBytes, inputs, outputs, operators, lossy, weightInputs, unfoldable } = description;
  const nodes = operators.reduce((sum, { count }) => sum + count, 0);
  const rest = operators.length - SHOWN_OPERATORS;
  return (
    <section
      aria-label="What the file will be"
      data-testid="onnx-preview"
      data-stale={stale}
      className={classNames(
        'flex min-w-0 flex-col gap-3 self-start rounded-lg border border-line bg-sunken p-3 text-sm transition-opacity',
        stale && 'opacity-60',
      )}
    >
      <p className="tabular-nums">
        <strong className="font-semibold">{formatBytes(modelBytes + dataBytes)}</strong>
        {dataBytes > 0 && (
          <span className="text-ink-muted">
            : {formatBytes(modelBytes)} and {formatBytes(dataBytes)} of weights beside it
          </span>
        )}
        <span className="text-ink-muted">, {formatCount(nodes)} operators</span>
      </p>
      <Ends title="Takes" ends={inputs} />
      {weightInputs > 0 && <p className="text-xs text-ink-muted">and {formatCount(weightInputs)} weights as inputs</p>}
      <Ends title="Answers" ends={outputs} />
      <ul className="flex flex-wrap gap-1 text-xs" aria-label="Operators">
        {operators.slice(0, SHOWN_OPERATORS).map(({ type, count }) => (
          <li key={type} className="rounded-sm bg-surface px-1.5 py-0.5 text-ink-muted tabular-nums">
            {type} {count > 1 && `×${formatCount(count)}`}
          </li>
        ))}
        {rest > 0 && <li className="px-1 py-0.5 text-ink-muted">and {rest} more kinds</li>}
      </ul>
      <div>
        <h3 className="text-xs font-medium text-ink-muted">What is not in it as it is here</h3>
        <ul className="mt-1 flex list-disc flex-col gap-1 pl-4 text-xs" data-testid="onnx-lossy">
          {lossy.map((line) => (
            <li key={line}>{line}</li>
          ))}
          {unfoldable.length > 0 && (
            <li>
              {unfoldable.length === 1 ? 'One batch norm stays' : `${formatCount(unfoldable.length)} batch norms stay`}{' '}
              when folding, first {unfoldable[0]?.name}: {unfoldable[0]?.reason}.
            </li>
          )}
        </ul>
      </div>
    </section>
  );
}

function Ends({ title, ends }: { readonly title: string; readonly ends: readonly OnnxEnd[] }) {
  return (
    <div className="min-w-0">
      <h3 className="text-xs font-medium text-ink-muted">{title}</h3>
      <ul className="mt-0.5 font-mono text-xs">
        {ends.map(({ name, type }) => (
          <li key={name} className="break-words">
            {name} <span className="text-ink-muted">{type}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
