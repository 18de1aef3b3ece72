import { TrainingSettings } from '../document/trainingSettings.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { openEditor } from './openEditor.ts';

/** The smallest network that reads digits, one layer, whose training takes no time. */
export function linearDigits(training: Partial<TrainingSettings> = {}): SkipwireDocument {
  const editor = openEditor();
  editor.add('input', { height: 8, width: 8, channels: 1 }, 'input');
  editor.add('flatten', {}, 'flat');
  editor.add('dense', { units: 10 }, 'scores');
  editor.add('classificationOutput', {}, 'output');
  editor.wire('input', 'flat').wire('flat', 'scores').wire('scores', 'output');
  return { ...editor.document, training: TrainingSettings.parse({ data: 'digits', ...training }) };
}
