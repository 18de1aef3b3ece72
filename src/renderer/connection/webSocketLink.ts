import { AliveMessage, CLOSE_REFUSED, PartMessage, SILENCE_IS_LOSS, WelcomeMessage } from '../../contract/messages.ts';
import { editorVersion, understandOneAnother } from './editorVersion.ts';
import type { ClosingReason, OpenLink } from './link.ts';

const HANDSHAKE_MILLISECONDS = 10_000;
/** How often it is looked whether the host still gives signs of life. */
const LOOK_EVERY = 5000;
/** What came while the page was busy, or the machine slept, is heard within this time. */
const GRACE = 2000;

/** Where a host is, and what it is greeted with. */
export interface HostWay {
  /** Such as `http://127.0.0.1:4747/`. */
  readonly address: string;
  readToken(): string;
  /** Called when the host wants another token from now on. */
  keepToken(token: string): void;
}

/** Reaches the host over a WebSocket: greets with the token of the moment, and is open once the host says welcome. */
export function webSocketLink({ address, readToken, keepToken }: HostWay): OpenLink {
  const url = new URL('host', address);
  return (events) => {
    const socket = new WebSocket(url.href.replace(/^http/, 'ws'));
    let welcomed = false;
    let over = false;
    let heardAt = Date.now();
    let pieces: string[] = [];

    function finish(reason: ClosingReason, detail?: string) {
      if (over) return;
      over = true;
      clearTimeout(handshake);
      clearInterval(watching);
      socket.close();
      events.closed(reason, detail);
    }

    function welcome({ version, token }: WelcomeMessage) {
      if (!understandOneAnother(version, editorVersion)) {
        finish('other-version', `The host is Skipwire ${version}, this editor is ${editorVersion}.`);
        return;
      }
      welcomed = true;
      clearTimeout(handshake);
      if (token !== undefined) keepToken(token);
      events.opened();
    }

    function takePart({ text, last }: PartMessage) {
      pieces.push(text);
      if (!last) return;
      const whole = pieces.join('');
      pieces = [];
      events.received(parseJson(whole));
    }

    async function finishUnwelcomed() {
      const why = await whyNotLetIn(url);
      if (why === undefined) finish('lost');
      else finish('foreign', why);
    }

    // A port that accepts and never answers is as good as none.
    const handshake = setTimeout(
      () => finish('lost', 'Something is there, and does not answer.'),
      HANDSHAKE_MILLISECONDS,
    );
    // A tunnel that broke, or a network that changed, is told by nothing but silence.
    const isSilent = (): boolean => welcomed && Date.now() - heardAt > SILENCE_IS_LOSS;
    const watching = setInterval(() => {
      if (isSilent()) setTimeout(() => isSilent() && finish('lost'), GRACE);
    }, LOOK_EVERY);

    socket.onopen = () => socket.send(JSON.stringify({ kind: 'hello', token: readToken() }));
    socket.onclose = ({ code }) => {
      if (code === CLOSE_REFUSED) finish('refused');
      else if (welcomed) finish('lost');
      else void finishUnwelcomed();
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      heardAt = Date.now();
      const data = typeof event.data === 'string' ? parseJson(event.data) : undefined;
      if (welcomed) {
        const part = PartMessage.safeParse(data);
        if (part.success) takePart(part.data);
        else if (!AliveMessage.safeParse(data).success) events.received(data);
        return;
      }
      const parsed = WelcomeMessage.safeParse(data);
      if (parsed.success) welcome(parsed.data);
    };
    return {
      send: (message) => socket.send(JSON.stringify(message)),
      close: () => finish('lost'),
    };
  };
}

/** What the host says of a page that it does not let in; a WebSocket does not tell. Nothing when it cannot be asked. */
async function whyNotLetIn(url: URL): Promise<string | undefined> {
  if (url.origin !== location.origin) return undefined;
  try {
    const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(HANDSHAKE_MILLISECONDS) });
    return response.status === 403 ? (await response.text()).trim() : undefined;
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
