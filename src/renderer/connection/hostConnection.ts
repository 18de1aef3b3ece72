import {
  calls,
  type Answer,
  type CallInput,
  type CallName,
  type CallOutput,
  type ConnectionState,
  type HostConnection,
  type HostEvent,
  type HostProblem,
} from '../../contract/contract.ts';
import { HostMessage, type RequestMessage } from '../../contract/messages.ts';
import type { Link, OpenLink } from './link.ts';

export interface ManagedConnection extends HostConnection {
  readonly state: ConnectionState;
  /** More about the state, in words, where more is known. */
  readonly detail: string | undefined;
  /** When the next attempt is made, in milliseconds since 1970, while the host is lost. */
  readonly nextAttempt: number | undefined;
  /** Tries again now: instead of waiting for the next attempt, or after a refusal with another token. */
  retry(): void;
  dispose(): void;
}

export interface ConnectionOptions {
  readonly openLink: OpenLink;
  /** Milliseconds to wait before attempt number `attempt` (from 1). */
  readonly retryDelay?: (attempt: number) => number;
}

interface Pending {
  readonly message: RequestMessage;
  readonly settle: (answer: Answer<unknown>) => void;
}

/** Half a second, doubling up to ten: quick for a restarted host, quiet for one that stays away. */
export function defaultRetryDelay(attempt: number): number {
  return Math.min(500 * 2 ** (attempt - 1), 10_000);
}

const LOST: HostProblem = {
  code: 'connection/lost',
  message: 'The engine host cannot be reached.',
  remedy: 'Your document is safe here. The editor keeps trying; if this lasts, start Skipwire again.',
};

/**
 * The editor's connection to the host. Every call is answered: with the host's answer, or with a problem when the host
 * is away, answers nonsense, or goes away before answering. Links that close are opened again with growing delays.
 */
export function createHostConnection({
  openLink,
  retryDelay = defaultRetryDelay,
}: ConnectionOptions): ManagedConnection {
  const pending = new Map<number, Pending>();
  const eventListeners = new Set<(event: HostEvent) => void>();
  const stateListeners = new Set<(state: ConnectionState) => void>();
  let state: ConnectionState = 'connecting';
  let link: Link | undefined;
  let life = 0;
  let nextId = 1;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let nextAttempt: number | undefined;
  let detail: string | undefined;
  let disposed = false;

  function setState(next: ConnectionState, more?: string) {
    // Lost once more is news: the next attempt is later.
    if (state === next && next !== 'lost') return;
    state = next;
    detail = more;
    for (const listener of stateListeners) listener(next);
  }

  function settleAll(problem: HostProblem) {
    const waiting = [...pending.values()];
    pending.clear();
    for (const { settle } of waiting) settle({ ok: false, problem });
  }

  function connect() {
    clearTimeout(timer);
    const mine = ++life;
    const isCurrent = () => mine === life && !disposed;
    link = openLink({
      opened() {
        if (!isCurrent()) return;
        attempt = 0;
        nextAttempt = undefined;
        setState('open');
        for (const { message } of pending.values()) link?.send(message);
      },
      received(data) {
        if (isCurrent()) receive(data);
      },
      closed(reason, more) {
        if (!isCurrent()) return;
        life++;
        link = undefined;
        if (reason === 'lost') {
          const delay = retryDelay(++attempt);
          nextAttempt = Date.now() + delay;
          timer = setTimeout(connect, delay);
        } else nextAttempt = undefined;
        setState(reason, more);
        settleAll(LOST);
      },
    });
  }

  function receive(data: unknown) {
    const parsed = HostMessage.safeParse(data);
    if (!parsed.success) {
      console.error('The host sent a message that is not of the contract.', parsed.error);
      return;
    }
    const message = parsed.data;
    if (message.kind === 'event') {
      for (const listener of eventListeners) listener(message.event);
    } else if (message.kind === 'reply') {
      const waiting = pending.get(message.id);
      pending.delete(message.id);
      waiting?.settle(message.ok ? { ok: true, value: message.value } : { ok: false, problem: message.problem });
    }
  }

  connect();

  return {
    get state() {
      return state;
    },
    get detail() {
      return detail;
    },
    get nextAttempt() {
      return nextAttempt;
    },
    call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Answer<CallOutput<Name>>> {
      if (disposed || (state !== 'open' && state !== 'connecting'))
        return Promise.resolve({ ok: false, problem: LOST });
      const message: RequestMessage = { kind: 'request', id: nextId++, call: name, input };
      return new Promise((resolve) => {
        pending.set(message.id, { message, settle: (answer) => resolve(parseAnswer(name, answer)) });
        if (state === 'open') link?.send(message);
      });
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    onState(listener) {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    retry() {
      if (state === 'open' || state === 'connecting' || disposed) return;
      attempt = 0;
      nextAttempt = undefined;
      setState('connecting');
      connect();
    },
    dispose() {
      disposed = true;
      clearTimeout(timer);
      link?.close();
      settleAll(LOST);
    },
  };
}

function parseAnswer<Name extends CallName>(name: Name, answer: Answer<unknown>): Answer<CallOutput<Name>> {
  if (!answer.ok) return answer;
  const parsed = calls[name].output.safeParse(answer.value);
  // The schema was looked up by the name, so its output is this call's; TypeScript cannot follow the lookup.
  if (parsed.success) return { ok: true, value: parsed.data as CallOutput<Name> };
  return {
    ok: false,
    problem: {
      code: 'connection/unexpected-answer',
      message: `The host's answer to ${name} is not what this editor expects.`,
      received: parsed.error.issues[0]?.message ?? 'unknown',
      remedy: 'The editor and the host may be of different versions: reload the page, or build again.',
    },
  };
}
