import type { EngineStatus, HostEvent } from '../../contract/contract.ts';
import { phaseWords } from '../engines/engineProgress.ts';
import { installEngine } from '../engines/installEngine.ts';
import { locateTensorflowEngine } from '../engines/locateTensorflowEngine.ts';

/** Which engines there are and whether they can be used. */
export async function describeEngines(): Promise<EngineStatus[]> {
  const located = await locateTensorflowEngine();
  if (!located.ok) {
    const { message, remedy } = located.problem;
    return [{ id: 'tensorflow', state: 'missing', detail: remedy === undefined ? message : `${message} ${remedy}` }];
  }
  return [
    {
      id: 'tensorflow',
      state: 'ready',
      version: located.value.version,
      device: 'CPU',
      detail: `TensorFlow ${located.value.version}, as one compiled step.`,
    },
  ];
}

/** Installs the engine, telling how it goes. Throws a `HostFailure` that says what to do. */
export async function installWithEvents(emit: (event: HostEvent) => void): Promise<EngineStatus> {
  await installEngine({
    onProgress({ phase, done, total }) {
      const progress = done === undefined || total === undefined || total === 0 ? undefined : Math.min(1, done / total);
      emit({
        event: 'engine',
        payload: {
          id: 'tensorflow',
          state: 'installing',
          detail: phaseWords[phase],
          ...(progress !== undefined && { progress }),
        },
      });
    },
  });
  const [status] = await describeEngines();
  if (status === undefined) throw new Error('No engine is described');
  emit({ event: 'engine', payload: status });
  return status;
}
