import { layoutFrames, type LayoutRequest } from './layoutFrames.ts';

addEventListener('message', (event: MessageEvent<LayoutRequest>) => {
  postMessage(layoutFrames(event.data));
});
