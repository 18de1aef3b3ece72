/** A package that another needs, as pip takes it: `nvidia-cublas-cu12<13.0,>=12.5.3.2`. */
export interface WheelRequirement {
  readonly name: string;
  /** Versions that do, such as `<13.0,>=12.5.3.2`; empty for any. */
  readonly versions: string;
}

/**
 * What a wheel's METADATA requires for an extra, and only for it. Lines look like
 * `Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"`, with versions in brackets in older files.
 */
export function requirementsOf(metadata: string, extra: string): WheelRequirement[] {
  return metadata.split(/\r?\n/).flatMap((line) => {
    const match = /^Requires-Dist:\s*([A-Za-z0-9][\w.-]*)\s*\(?([^;()]*)\)?\s*;(.*)$/.exec(line);
    if (match === null) return [];
    const [, name = '', versions = '', marker = ''] = match;
    if (!new RegExp(`extra\\s*==\\s*["']${extra}["']`).test(marker)) return [];
    return [{ name: name.replaceAll('_', '-').toLowerCase(), versions: versions.replaceAll(' ', '') }];
  });
}
