/** The page asks for a port to the engine host, with the number of its request. */
export const CONNECT_CHANNEL = 'skipwire:connect';
/** The port comes back with the same number. */
export const PORT_CHANNEL = 'skipwire:port';
/** The engine host has ended, and all ports to it with it: a page does not notice that by itself. */
export const CLOSED_CHANNEL = 'skipwire:closed';
