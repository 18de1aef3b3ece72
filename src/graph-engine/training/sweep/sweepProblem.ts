/** What is wrong with a plan, or with one of its points, in words. */
export interface SweepProblem {
  readonly code:
    | 'sweep/unknown-path'
    | 'sweep/value'
    | 'sweep/range'
    | 'sweep/same-path'
    | 'sweep/too-many-trials'
    | 'sweep/budget'
    | 'sweep/goal'
    | 'sweep/axis-text';
  /** The axis it is about, from 0; of the plan as a whole where left out. */
  readonly axis?: number;
  /** The setting or parameter. */
  readonly path?: string;
  readonly message: string;
  readonly expected?: string;
  readonly received?: string;
  readonly remedy?: string;
}
