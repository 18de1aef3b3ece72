import type { LayersContext, LayerValue } from '../layersOp.ts';

interface Pads {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The value with zeros around it, by a layer of its own: layers pad unevenly at the end, where ours pad evenly. */
export function zerosAround(
  context: LayersContext<unknown>,
  value: LayerValue,
  { top, bottom, left, right }: Pads,
  suffix?: string,
): LayerValue {
  if (Math.max(top, bottom, left, right) === 0) return value;
  const padding = [
    [top, bottom],
    [left, right],
  ];
  return context.layer('ZeroPadding2D', { padding, data_format: 'channels_last' }, [value], {
    ...(suffix !== undefined && { suffix }),
    nonNegative: value.nonNegative,
  });
}
