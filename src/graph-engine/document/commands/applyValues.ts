import { current, isDraft } from 'immer';
import { assignValues, type Assignment } from '../../training/sweep/assignValues.ts';
import { defineCommand } from './command.ts';

/** Gives settings and parameters the values that a trial of a sweep had; all in one step. */
export const applyValues = defineCommand<{ assignments: readonly Assignment[] }>({
  name: 'applyValues',
  label: 'Apply settings of a trial',
  run(document, { assignments }) {
    const before = isDraft(document) ? current(document) : document;
    const assigned = assignValues(before, assignments);
    if (!assigned.ok) throw new Error(assigned.problem.message);
    const { training, graph, blocks } = assigned.document;
    if (training !== before.training) document.training = training;
    if (graph !== before.graph) document.graph = graph;
    if (blocks !== before.blocks) document.blocks = blocks;
  },
});
