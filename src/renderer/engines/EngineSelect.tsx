import { useStore } from 'zustand';
import type { EngineList, EngineWish } from '../../contract/engines.ts';
import { useHost } from '../connection/host.ts';
import { hostStore } from '../connection/hostStore.ts';
import { Select, type SelectOption } from '../ui/Select.tsx';
import { deviceInWords, speedInWords } from './describeEngine.ts';
import { chooseEngine } from './engineActions.ts';

/** What later runs train on: the fastest by default, or what the user names. */
export function EngineSelect({ wide = false }: { readonly wide?: boolean }) {
  const { connection } = useHost();
  const list = useStore(hostStore, (state) => state.description?.engines);
  if (list === undefined) return null;
  return (
    <Select
      label="Train on"
      wide={wide}
      value={valueOf(list.choice.wish)}
      options={optionsOf(list)}
      onChange={(value) => void chooseEngine(connection, wishOf(value, list))}
      data-testid="engine-choice"
    />
  );
}

function valueOf({ engine, device }: EngineWish): string {
  return device === undefined ? engine : `${engine}:${device}`;
}

function wishOf(value: string, { engines }: EngineList): EngineWish {
  const [name, device] = value.split(':');
  const engine = engines.find(({ id }) => id === name)?.id ?? 'automatic';
  return { engine, ...(device !== undefined && { device }) };
}

/** One for each engine that works, one for each of several devices, and the one that is chosen whatever it does. */
function optionsOf({ engines, choice }: EngineList): readonly SelectOption<string>[] {
  const current = choice.wish.engine === 'automatic' ? engines.find(({ id }) => id === choice.engine) : undefined;
  const automatic = {
    value: 'automatic',
    label: current === undefined ? 'The fastest' : `The fastest: ${current.title}`,
    detail: 'Of those that pass their self-test.',
  };
  const wished = valueOf(choice.wish);
  const others = engines.flatMap((engine) => {
    const { id, title, device, devices = [], state, detail } = engine;
    const facts = [...(device === undefined ? [] : [deviceInWords(device)]), speedInWords(engine)];
    const words = state === 'ready' ? facts.filter((part) => part !== undefined).join(' · ') : detail;
    const plain = { value: id as string, label: title, detail: words };
    const each = devices.map((one) => ({
      value: `${id}:${one.index}`,
      label: `${title}: ${one.name} (${one.index})`,
      detail: deviceInWords(one),
    }));
    const all = devices.length > 1 ? [plain, ...each] : [plain];
    return all.filter(({ value }) => state === 'ready' || state === 'probing' || value === wished);
  });
  return [automatic, ...others];
}
