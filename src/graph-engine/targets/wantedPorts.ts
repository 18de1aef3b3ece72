/** Which outputs a file has where an output answers scores and probabilities. */
export type Answers = 'all' | 'scores' | 'probabilities';

/** Of the ports of an output those that are asked for; what answers nothing else answers as it does. */
export function wantedPorts(ports: readonly string[], answers: Answers): readonly string[] {
  if (answers === 'all' || !ports.includes('logits') || !ports.includes('probabilities')) return ports;
  return [answers === 'scores' ? 'logits' : 'probabilities'];
}
