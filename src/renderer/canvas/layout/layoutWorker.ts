import { layoutGraph, type LayoutRequest } from './layoutGraph.ts';

addEventListener('message', (event: MessageEvent<LayoutRequest>) => {
  postMessage(layoutGraph(event.data));
});
