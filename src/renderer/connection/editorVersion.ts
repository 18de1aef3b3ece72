import { version } from '../../../package.json';

/** Version of this editor. */
export const editorVersion = version;

/** Whether an editor and a host understand one another: patches change no messages. */
export function understandOneAnother(one: string, other: string): boolean {
  const messages = (text: string): string => text.split('.').slice(0, 2).join('.');
  return messages(one) === messages(other);
}
