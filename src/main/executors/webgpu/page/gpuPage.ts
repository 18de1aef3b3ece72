import { GPU_PORT_MESSAGE } from '../../../../contract/pageDelivery.ts';
import { executorPort } from '../../remote/messagePort.ts';
import { serveExecutor } from '../../remote/serveExecutor.ts';
import { openExecutorOn } from '../executorOn.ts';
import { HostFailure } from '../../../files/hostFailure.ts';

/*
 * The page that computes on the graphics processor where Dawn cannot be loaded into Node: nobody sees it. It is handed one port,
 * at whose other end is the process that trains.
 */

addEventListener('message', (event: MessageEvent<unknown>) => {
  const [port] = event.ports;
  // Only the page's own preload script may hand it a port.
  if (event.source !== window || event.data !== GPU_PORT_MESSAGE || port === undefined) return;
  serveExecutor(executorPort(port), () => {
    if (!('gpu' in navigator)) {
      throw new HostFailure({
        code: 'engine/no-webgpu',
        message: 'WebGPU is switched off in this system’s browser engine.',
        remedy: 'Update the driver of the graphics processor, or train on another engine.',
      });
    }
    return openExecutorOn(navigator.gpu);
  });
});
