import { LayerRefused } from '../kerasDrawing.ts';
import type { KerasLayer } from '../kerasModel.ts';
import { LayerCall, type LayerDrawer } from '../layerCall.ts';
import { plainOf, textIn } from '../plainValue.ts';

/** Layers that look at one position alone, whatever is around them. */
const perPosition: ReadonlySet<string> = new Set(['Dense', 'Activation', 'Dropout', 'LayerNormalization', 'ReLU']);

/** A layer for each position: those that look at one position anyway. */
export function timeDistributed(drawerOf: (className: string) => LayerDrawer | undefined): LayerDrawer {
  return (call) => {
    const inner = plainOf(call.layer.config['layer']);
    const className = textIn(inner['class_name']) ?? '';
    const draw = perPosition.has(className) ? drawerOf(className) : undefined;
    if (draw === undefined) {
      throw new LayerRefused(`"${className}" for each position`, `one of ${[...perPosition].join(', ')}`);
    }
    const config = plainOf(inner['config']);
    const layer: KerasLayer = {
      ...call.layer,
      name: textIn(config['name']) ?? call.layer.name,
      className,
      config,
      place: `${call.layer.place}/layer`,
    };
    return draw(new LayerCall({ ...call, layer, around: [...call.around, call.layer.name] }));
  };
}
