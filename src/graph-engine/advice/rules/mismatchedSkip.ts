import { formatShape } from '../../core/shape.ts';
import type { AdviceRule } from '../advice.ts';
import { residualAdds } from '../residualAdds.ts';

/** Where size or channels change, the skip has to change with them. The contradiction is an error, which has the fixes; this says what the papers do. */
export const mismatchedSkip: AdviceRule = {
  code: 'advice/mismatched-skip',
  source:
    'He et al. 2015, Deep residual learning for image recognition, arXiv 1512.03385, section 3.3 and table 3 (options A and B)',
  check: ({ inferred }) =>
    residualAdds(inferred).flatMap(({ add, skipPort, branchPort }) => {
      const isMismatched = add.diagnostics.some(({ code }) => code === 'shape/add-mismatch');
      const [skip, branch] = [add.inputs[skipPort], add.inputs[branchPort]];
      if (!isMismatched || skip === undefined || branch === undefined) return [];
      const [rows, lanes] = [skip, branch].map(({ axes }) =>
        axes
          .slice(0, -1)
          .map(({ size }) => size)
          .join(),
      );
      const strided = rows !== lanes;
      const widened = skip.axes.at(-1)?.size !== branch.axes.at(-1)?.size;
      const what = strided && widened ? 'size and channels' : strided ? 'the size' : 'the channels';
      const how = strided ? 'a 1×1 projection with the stride of the branch' : 'a 1×1 projection';
      return [
        {
          node: add.id,
          message: `The branch into "${add.name}" changes ${what}, from ${formatShape(skip)} to ${formatShape(branch)}, and the skip does not. The papers put ${how} and a normalization on the skip there (option B), or add zero channels (option A).`,
        },
      ];
    }),
};
