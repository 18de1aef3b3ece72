import type { EngineList, EngineStatus } from '../../contract/engines.ts';

const states = {
  ready: 'works',
  probing: 'not measured',
  installing: 'is being installed',
  missing: 'not there',
  broken: 'does not work',
} satisfies Record<EngineStatus['state'], string>;

/** The engines of a machine as a table for a terminal, the chosen one marked. */
export function describeEngines({ engines, choice }: EngineList): string {
  const width = Math.max(...engines.map(({ id }) => id.length));
  const lines = engines.flatMap((engine) => {
    const mark = engine.id === choice.engine ? '*' : ' ';
    const indent = ' '.repeat(width + 4);
    const first = `${mark} ${engine.id.padEnd(width)}  ${[states[engine.state], ...factsOf(engine)].join(', ')}`;
    if (engine.state === 'ready') return [first];
    return [first, indent + engine.detail, ...(engine.remedy === undefined ? [] : [indent + engine.remedy])];
  });
  return [...lines, '', choice.engine === null ? choice.reason : `* trains. ${choice.reason}`].join('\n');
}

function factsOf({ title, version, device, threads, gflops }: EngineStatus): string[] {
  const memory = device?.memory === undefined ? '' : ` with ${Math.round(device.memory / 2 ** 30)} GiB`;
  return [
    ...(version === undefined ? [] : [`${title} ${version}`]),
    ...(device === undefined ? [] : [`${device.name}${memory}`]),
    ...(device?.driver === undefined ? [] : [`driver ${device.driver}`]),
    ...(threads === undefined || device?.kind !== 'processor'
      ? []
      : [threads === 1 ? 'one thread' : `${threads} threads`]),
    ...(gflops === undefined ? [] : [`${Number(gflops.toPrecision(3))} GFLOP/s`]),
  ];
}
