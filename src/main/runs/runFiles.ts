import path from 'node:path';

/** Names inside a run's folder. */
export const runFiles = {
  summary: 'run.json',
  document: 'document.json',
  metrics: 'metrics.jsonl',
  log: 'log.txt',
  environment: 'environment.json',
  /** What the user has written on the run. */
  remarks: 'remarks.json',
  /** Says which process looks after the run; there only while one does. */
  lock: 'run.lock',
  /** What another process asks of whoever looks after the run; there only until that has read it. */
  request: 'run.request',
  checkpoints: 'checkpoints',
  best: path.join('checkpoints', 'best.safetensors'),
  last: path.join('checkpoints', 'last.safetensors'),
  /** Of a run that continues another one: where it began. */
  start: path.join('checkpoints', 'start.safetensors'),
} as const;
