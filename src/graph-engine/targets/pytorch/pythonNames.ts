/** Words of Python, of `nn.Module` and of this file's imports that no attribute or variable may take. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if ' +
    'import in is lambda nonlocal not or pass raise return try while with match case ' +
    'self nn F torch math range zip len int float tuple list print super sum max min ' +
    'add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval extra_repr ' +
    'float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia ' +
    'named_buffers named_children named_modules named_parameters parameters register_buffer register_module ' +
    'register_parameter requires_grad_ set_extra_state set_submodule share_memory state_dict to to_empty train training ' +
    'type xpu zero_grad T_destination'
  ).split(' '),
);

/** A name in Python's style for variables: `zeroScale` and `Zero scale` become `zero_scale`. */
export function snakeCase(text: string): string {
  const words = asciiOf(text)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(words) ? words : `n${words === '' ? '' : `_${words}`}`;
}

/** A name in Python's style for classes: `residual-basic` becomes `ResidualBasic`, `ResNet-20` `ResNet20`. */
export function pascalCase(text: string): string {
  const words = asciiOf(text)
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => (word[0] ?? '').toUpperCase() + word.slice(1))
    .join('');
  return /^[A-Z]/.test(words) ? words : `Net${words}`;
}

function asciiOf(text: string): string {
  return text.normalize('NFKD').replaceAll(/[\u0300-\u036f]/g, '');
}

/** Hands out names, each once. */
export function createNames(reserved: Iterable<string> = []): { take(wanted: string): string } {
  const taken = new Set([...TAKEN, ...reserved]);
  return {
    take(wanted) {
      let name = wanted;
      for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
      taken.add(name);
      return name;
    },
  };
}
