import { defineCommand } from './command.ts';
import type { SkipwireDocument } from '../schema.ts';
import type { TrainingSettings } from '../trainingSettings.ts';

/** Changes training settings; one that is set to nothing is left out, which means its standard. */
export const setTraining = defineCommand<{ changes: Partial<TrainingSettings> }>({
  name: 'setTraining',
  label: 'Change training settings',
  run(document, { changes }) {
    for (const [key, value] of Object.entries(changes)) {
      const settings: Record<string, unknown> = document.training;
      if (value === undefined) Reflect.deleteProperty(settings, key);
      else if (JSON.stringify(settings[key]) !== JSON.stringify(value)) settings[key] = value;
    }
  },
});

/** Names the document. */
export const renameDocument = defineCommand<{ name: string }>({
  name: 'renameDocument',
  label: 'Rename document',
  run(document, { name }) {
    document.name = name;
  },
});

/** Lets training begin with the weights of a file of the workspace. */
export const beginWithWeights = defineCommand<{ weights: string }>({
  name: 'beginWithWeights',
  label: 'Take weights',
  run(document, { weights }) {
    document.weights = weights;
  },
});

/** Describes the document; empty text removes the description. */
export const describeDocument = defineCommand<{ description: string }>({
  name: 'describeDocument',
  label: 'Edit description',
  run(document, { description }) {
    if (description === '') delete document.description;
    else document.description = description;
  },
});

/** Puts another document's content in place of this one's, as when its file was changed by another program. */
export const replaceDocument = defineCommand<{ document: SkipwireDocument }>({
  name: 'replaceDocument',
  label: 'Reload from file',
  run(document, { document: next }) {
    for (const key of Object.keys(document)) if (!Object.hasOwn(next, key)) Reflect.deleteProperty(document, key);
    Object.assign(document, next);
  },
});
