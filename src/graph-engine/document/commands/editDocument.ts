import { defineCommand } from './command.ts';
import type { TrainingSettings } from '../trainingSettings.ts';

/** Changes training settings. */
export const setTraining = defineCommand<{ changes: Partial<TrainingSettings> }>({
  name: 'setTraining',
  label: 'Change training settings',
  run(document, { changes }) {
    for (const [key, value] of Object.entries(changes)) {
      const settings: Record<string, unknown> = document.training;
      if (JSON.stringify(settings[key]) !== JSON.stringify(value)) settings[key] = value;
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

/** Describes the document; empty text removes the description. */
export const describeDocument = defineCommand<{ description: string }>({
  name: 'describeDocument',
  label: 'Edit description',
  run(document, { description }) {
    if (description === '') delete document.description;
    else document.description = description;
  },
});
