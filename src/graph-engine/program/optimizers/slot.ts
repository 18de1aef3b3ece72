import type { Variable } from '../program.ts';

/** What the slot of a variable is called. */
export function slotName(slot: string, variable: string): string {
  return `optimizer/${slot}/${variable}`;
}

/** A variable of zeros that an optimizer keeps beside each trainable one, such as `optimizer/momentum/stem.kernel`. */
export function slotOf(variable: Variable, slot: string): Variable {
  return {
    name: slotName(slot, variable.name),
    dims: variable.dims,
    dtype: 'float32',
    initializer: { kind: 'zeros' },
    role: 'slot',
    trainable: false,
    origin: '',
  };
}

/** A scalar that an optimizer keeps for all variables together. */
export function scalarSlot(name: string, value: number): Variable {
  return {
    name: `optimizer/${name}`,
    dims: [],
    dtype: 'float32',
    initializer: { kind: 'constant', value },
    role: 'slot',
    trainable: false,
    origin: '',
  };
}
