/** A finished version: `12.9.1.4`, or one whose packaging was mended afterwards, `2.27.7.post1`. */
const finished = /^(\d+(?:\.\d+)*)(?:\.post(\d+))?$/;
const clause = /^(>=|<=|>|<|==|!=)(\d+(?:\.\d+)*(?:\.post\d+)?)$/;

/** Whether a range such as `<13.0,>=12.5.3.2`, as Python's packages write it, has no parts but those that are understood here. */
export function knowsRange(range: string): boolean {
  return clausesOf(range).every((one) => clause.test(one));
}

/** Whether a version lies in a range; one that is no finished version lies in none. */
export function isInRange(version: string, range: string): boolean {
  if (!finished.test(version)) return false;
  return clausesOf(range).every((one) => {
    const [, sign = '', bound = ''] = clause.exec(one) ?? [];
    const order = compareVersions(version, bound);
    switch (sign) {
      case '>=':
        return order >= 0;
      case '<=':
        return order <= 0;
      case '>':
        // What is only packaged anew is no newer version.
        return order > 0 && compareVersions(releaseOf(version), releaseOf(bound)) !== 0;
      case '<':
        return order < 0;
      case '==':
        return order === 0;
      case '!=':
        return order !== 0;
      default:
        return false;
    }
  });
}

/** Below zero where the first version is the older one. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return postOf(a) - postOf(b);
}

function clausesOf(range: string): string[] {
  return range.split(',').filter((one) => one !== '');
}

function releaseOf(version: string): string {
  return finished.exec(version)?.[1] ?? version;
}

function numbersOf(version: string): number[] {
  return releaseOf(version).split('.').map(Number);
}

function postOf(version: string): number {
  return Number(finished.exec(version)?.[2] ?? -1);
}
