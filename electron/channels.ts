/** The page asks for a port to the engine host, with the number of its request. */
export const CONNECT_CHANNEL = 'skipwire:connect';
/** The port comes back with the same number. */
export const PORT_CHANNEL = 'skipwire:port';
/** How far the training at hand is, from 0 to 1; `null` while there is none. */
export const PROGRESS_CHANNEL = 'skipwire:progress';
/** Something to tell while the window is not looked at: `{title, body}`. */
export const NOTIFY_CHANNEL = 'skipwire:notify';
/** The engine host has ended, and all ports to it with it: a page does not notice that by itself. */
export const CLOSED_CHANNEL = 'skipwire:closed';
/** The hidden page that computes on the graphics processor gets its port. */
export const GPU_PORT_CHANNEL = 'skipwire:gpu-port';
