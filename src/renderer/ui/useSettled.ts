import { useEffect, useState } from 'react';
import { whenIdle } from '../store/whenIdle.ts';

/** A value as it was when the browser was last idle: what is derived of it follows an edit without holding up its frame. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(() => value);
  useEffect(() => (settled === value ? undefined : whenIdle(() => setSettled(() => value))), [settled, value]);
  return settled;
}
