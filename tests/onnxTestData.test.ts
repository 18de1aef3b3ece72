import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { inferDocument } from '../src/graph-engine/infer/inferDocument.ts';
import { importOnnx } from '../src/graph-engine/sources/onnx/importOnnx.ts';
import { pythonWith } from './support/python.ts';

const python = pythonWith('onnx');
const manifest = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'golden/onnxTestData.json'), 'utf8'),
) as Readonly<Record<string, string>>;

// The models lie in the onnx package: 13 MB that are not ours to bring along.
test.skipIf(python === undefined)(
  'every model of the onnx package opens, and becomes what the table says',
  () => {
    const program = 'import onnx, os; print(os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data"))';
    const folder = execFileSync(python ?? '', ['-c', program], { encoding: 'utf8' }).trim();
    const found = modelsIn(folder).map((file) => [path.relative(folder, file), outcomeOf(file)] as const);
    expect(Object.fromEntries(found)).toEqual(manifest);
  },
  300_000,
);

function modelsIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? modelsIn(file) : entry.name.endsWith('.onnx') ? [file] : [];
    });
}

/** `mapped`, what is kept, or the code with which the file is refused; a drawing with errors says so. */
function outcomeOf(file: string): string {
  const imported = importOnnx(readFileSync(file), { name: 'model' });
  if (!imported.ok) return `refused: ${imported.error.code}`;
  const { document, report } = imported.value;
  const [error] = inferDocument(document).diagnostics.filter(({ severity }) => severity === 'error');
  if (error !== undefined) return `error: ${error.code}`;
  if (report.kept.length === 0) return 'mapped';
  return `kept: ${report.kept.map(({ operator, count }) => `${operator} ×${count}`).join(', ')}`;
}
