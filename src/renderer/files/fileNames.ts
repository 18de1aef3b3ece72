import { WorkspacePath } from '../../contract/contract.ts';

/** A file name from a document's name: lower case, dashes, the extension. `Untitled network` → `untitled-network.json`. */
export function fileNameFor(name: string, extension: `.${string}`): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return (words === '' ? 'network' : words.slice(0, 80)) + extension;
}

/** The workspace path of a typed name, with the extension added when it is missing; or why it cannot be one. */
export function pathForName(
  folder: string,
  name: string,
  extension: `.${string}`,
): { readonly ok: true; readonly path: string } | { readonly ok: false; readonly error: string } {
  const trimmed = name.trim();
  if (trimmed === '') return { ok: false, error: 'Give the file a name.' };
  const full = trimmed.toLowerCase().endsWith(extension) ? trimmed : trimmed + extension;
  if (/[<>:"|?*\u0000-\u001f]/.test(full)) {
    return { ok: false, error: 'A file name cannot contain < > : " | ? * or control characters.' };
  }
  const path = folder === '' ? full : `${folder}/${full}`;
  const parsed = WorkspacePath.safeParse(path);
  if (!parsed.success) return { ok: false, error: 'The file must stay inside the workspace folder.' };
  return { ok: true, path: parsed.data };
}

/** The folder a path lies in; empty for the workspace itself. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A path beside `path` for a second copy: `net.json` → `net-2.json`, `net-2.json` → `net-3.json`. */
export function siblingPath(path: string): string {
  const match = /^(.*?)(?:-(\d{1,6}))?(\.[^./]*)?$/.exec(path);
  const [, stem = path, number, extension = ''] = match ?? [];
  return `${stem}-${number === undefined ? 2 : Number(number) + 1}${extension}`;
}
