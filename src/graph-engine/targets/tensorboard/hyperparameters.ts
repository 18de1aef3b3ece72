import { bytesField, concatBytes, doubleField, textField, varintField } from '../protobuf/wireBytes.ts';
import type { SummaryValue } from './eventFile.ts';

/** A setting as TensorBoard's HParams page knows it. */
export type Hyperparameter = number | string | boolean;

const PLUGIN = 'hparams';

/** How a run ended, as the HParams page says it. */
export type SessionStatus = 'success' | 'failure' | 'running';
const STATUS = { success: 1, failure: 2, running: 3 } as const satisfies Record<SessionStatus, number>;

/** Says with which settings a run began; `group` is its name on the HParams page. */
export function sessionStart(
  settings: Readonly<Record<string, Hyperparameter>>,
  group: string,
  started: number,
): SummaryValue {
  const entries = Object.entries(settings).map(([name, value]) =>
    bytesField(1, concatBytes([textField(1, name), bytesField(2, encodeSetting(value))])),
  );
  const info = concatBytes([...entries, textField(4, group), doubleField(5, started)]);
  return { kind: 'plugin', tag: '_hparams_/session_start_info', plugin: PLUGIN, content: bytesField(3, info) };
}

/** Says how and when a run ended. */
export function sessionEnd(status: SessionStatus, ended: number): SummaryValue {
  const info = concatBytes([varintField(1, STATUS[status]), doubleField(2, ended)]);
  return { kind: 'plugin', tag: '_hparams_/session_end_info', plugin: PLUGIN, content: bytesField(4, info) };
}

/** A `google.protobuf.Value`. */
function encodeSetting(value: Hyperparameter): Uint8Array {
  if (typeof value === 'number') return doubleField(2, value);
  return typeof value === 'string' ? textField(3, value) : varintField(4, value ? 1 : 0);
}
