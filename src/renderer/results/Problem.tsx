import type { HostProblem } from '../../contract/contract.ts';

/** What went wrong, what was expected and what came. */
export function Problem({
  problem,
  'data-testid': testId,
}: {
  readonly problem: HostProblem;
  readonly 'data-testid'?: string;
}) {
  const { message, expected, received, remedy } = problem;
  return (
    <div role="alert" className="max-w-prose rounded-md bg-danger-soft p-3 text-sm text-danger" data-testid={testId}>
      <p>
        {message} {remedy}
      </p>
      {(expected ?? received) !== undefined && (
        <dl className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-3 text-xs">
          {expected !== undefined && (
            <>
              <dt>Expected</dt>
              <dd>{expected}</dd>
            </>
          )}
          {received !== undefined && (
            <>
              <dt>Received</dt>
              <dd>{received}</dd>
            </>
          )}
        </dl>
      )}
    </div>
  );
}
