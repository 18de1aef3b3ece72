export interface FigureTableProps {
  /** Titles of the columns, the first for the names. */
  readonly titles: readonly string[];
  readonly rows: readonly { readonly name: string; readonly figures: readonly string[] }[];
  readonly 'data-testid': string;
}

/** Figures in rows, one for each class or value. */
export function FigureTable({ titles, rows, 'data-testid': testId }: FigureTableProps) {
  return (
    <table className="self-start text-xs tabular-nums" data-testid={testId}>
      <thead className="text-left text-ink-muted">
        <tr>
          {titles.map((title) => (
            <th key={title} scope="col" className="py-1 pr-5 font-normal">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, figures }, index) => (
          <tr key={index} className="border-t border-line">
            <th scope="row" className="max-w-40 truncate py-1 pr-5 text-left font-medium text-ink" title={name}>
              {name}
            </th>
            {figures.map((figure, column) => (
              <td key={column} className="pr-5">
                {figure}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `98.2 %`; a dash for what there is not. */
export const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);

/** A number with as many digits as say something. */
export const digits = (value: number | null): string => (value === null ? '–' : value.toPrecision(4));
