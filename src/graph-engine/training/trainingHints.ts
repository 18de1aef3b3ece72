import type { Diagnostic } from '../core/diagnostic.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';
import { keptHindrance } from '../infer/keptNodes.ts';
import { opNamed } from '../ops/index.ts';

/**
 * What a drawing that is in order says nothing of, and its training would: nodes that cannot be trained at all, and settings
 * that nothing in the network heeds.
 */
export function trainingHints(document: SkipwireDocument): readonly Diagnostic[] {
  const { root } = inferDocument(document);
  const kept = keptHindrance(root);
  const unheeded = unheededSmoothing(document, root);
  return [
    ...(kept === undefined
      ? []
      : [
          {
            code: 'graph/kept-operator',
            severity: 'warning',
            at: kept.at,
            message: `${kept.message} ${kept.remedy}`,
          } as const,
        ]),
    ...(unheeded === undefined ? [] : [unheeded]),
  ];
}

function unheededSmoothing({ training }: SkipwireDocument, root: InferredGraph): Diagnostic | undefined {
  const { labelSmoothing = 0 } = training;
  if (labelSmoothing === 0) return undefined;
  const outputs = [...root.nodes.values()].filter(learns);
  const [first] = outputs;
  if (first === undefined) return undefined;
  const own = outputs.filter(({ parameters }) => typeof parameters?.['labelSmoothing'] === 'number');
  if (own.some(({ parameters }) => parameters?.['labelSmoothing'] === 0)) return undefined;
  const [said] = own;
  const message =
    said === undefined
      ? `Label smoothing of ${labelSmoothing} in the training settings does nothing: no output of this network takes it. Only a Classification output learns one class of several, whose target can be spread.`
      : `Label smoothing of ${labelSmoothing} in the training settings does nothing: ${own.length === 1 ? `"${said.name}" has` : 'the outputs have'} label smoothing of ${own.length === 1 ? 'its' : 'their'} own.`;
  return {
    code: 'training/unheeded-smoothing',
    severity: 'warning',
    at: { path: [], node: (said ?? first).id },
    message,
    fixes: [
      {
        label: 'Take label smoothing out of the training settings',
        command: 'setTraining',
        arguments: { changes: { labelSmoothing: undefined } },
      },
    ],
  };
}

function learns({ node, bypassed, muted }: InferredNode): boolean {
  return !bypassed && !muted && 'op' in node && opNamed(node.op)?.objective !== undefined;
}
