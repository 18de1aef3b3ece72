import { spawnSync } from 'node:child_process';

/** A Python that can import all of these: the one that `SKIPWIRE_PYTHON` names, else `python3`; most machines have none. */
export function pythonWith(...modules: readonly string[]): string | undefined {
  return [process.env['SKIPWIRE_PYTHON'], 'python3'].find(
    // Looking for a large package is quick, importing it is not.
    (program) =>
      program !== undefined &&
      spawnSync(program, [
        '-c',
        `import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))`,
        ...modules,
      ]).status === 0,
  );
}
