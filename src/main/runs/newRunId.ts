import { existsSync } from 'node:fs';
import path from 'node:path';

const LONGEST_NAME = 60;

/** A name for a new run's folder below `folder`: the document's name and the local time, such as `resnet-20-2026-03-01-142530`. */
export function newRunId(folder: string, name: string, now: Date = new Date()): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_NAME)
    .replace(/^-+|-+$/g, '');
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('');
  const base = `${words === '' ? 'run' : words}-${day}-${time}`;
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!existsSync(path.join(folder, id))) return id;
  }
}
