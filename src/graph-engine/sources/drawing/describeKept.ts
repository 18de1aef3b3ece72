import type { KeptNode, KeptReason } from './importReport.ts';

/** Operators that are kept for one reason, of one origin. */
export interface KeptGroup {
  readonly title: string;
  /** Their names and how many there are: `LRN ×2`. */
  readonly operators: readonly string[];
}

const reasons = {
  unknown: 'Not known here',
  form: 'Known, but not in this form or not behind what is kept',
  quantized: 'Quantized: computes with whole numbers in place of what was trained',
} satisfies Record<KeptReason, string>;

/** What an import kept, by why and by whose operators they are. */
export function describeKept(kept: readonly KeptNode[]): readonly KeptGroup[] {
  const groups = Object.keys(reasons).flatMap((reason) => {
    const alike = kept.filter((one) => one.reason === reason);
    const domains = [...new Set(alike.map(({ domain }) => domain))].toSorted();
    return domains.map((domain) => {
      const nodes = alike.filter((one) => one.domain === domain);
      return {
        title: `${reasons[reason as KeptReason]}${domain === '' || domain === 'keras' ? '' : `, of ${domain}`}`,
        operators: nodes.map(({ operator, count }) => `${operator} ×${count.toLocaleString('en')}`),
      };
    });
  });
  return groups;
}
