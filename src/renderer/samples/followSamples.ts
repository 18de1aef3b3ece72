import type { ManagedConnection } from '../connection/hostConnection.ts';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import { opNamed } from '../../graph-engine/ops/index.ts';
import { documentStore } from '../store/documentStore.ts';
import { runStore } from '../training/runStore.ts';
import { firstWeights, runsToLookAt } from './runsToLookAt.ts';
import { sampleStore, wantedKey, type PathReading, type SampleState } from './sampleStore.ts';

/** Milliseconds an edit, and a movement of the canvas, must have rested before anything is asked for. */
const EDIT_REST = 250;
const MOVE_REST = 60;
/** Paths of one question: pictures appear as they come. */
const AT_ONCE = 12;
/** Readings that are kept in the page. */
const KEPT = 2000;

/** Questions of this page, apart from those of other pages on the same host. */
const page = Math.random().toString(36).slice(2);

/** What a session depends on: the network and its data, the weights, and how far the run has saved them. */
function sessionBasis({ weights }: SampleState): string {
  const { document } = documentStore.getState();
  const run = weights.kind === 'run' ? runStore.getState().summaries[weights.run] : undefined;
  const saved = weights.kind === 'run' && weights.which === 'best' ? run?.best?.step : run?.lastEpoch?.step;
  return JSON.stringify([networkFingerprint(document), document.training, weights, saved ?? null]);
}

/** The paths of the network's outputs, which are always read: the bar says what the network makes of the sample. */
function outputPaths(): string[] {
  const { root } = documentStore.getState().inferred;
  return [...root.nodes.values()].flatMap(({ node, name, bypassed }) =>
    !bypassed && 'op' in node && opNamed(node.op)?.family === 'output' ? [name] : [],
  );
}

/**
 * Keeps what is known of the looked-at sample up to date: opens the network anew after edits and when a run has saved
 * weights, and reads what the canvas and the inspector show, and nothing else.
 */
export function followSamples(connection: ManagedConnection): void {
  let basis: string | null = null;
  let opening = 0;
  let turn = 0;
  let openTimer: ReturnType<typeof setTimeout> | undefined;
  let readTimer: ReturnType<typeof setTimeout> | undefined;

  async function open(): Promise<void> {
    const state = sampleStore.getState();
    const mine = ++opening;
    basis = sessionBasis(state);
    const { document } = documentStore.getState();
    const answer = await connection.call('probe/open', { document, weights: state.weights });
    if (mine !== opening || !sampleStore.getState().open) return;
    if (!answer.ok) {
      const nothing = { readings: new Map<string, PathReading>(), whole: null, view: null };
      sampleStore.setState({ session: { status: 'failed', problem: answer.problem }, problem: null, ...nothing });
      return;
    }
    const { sample } = sampleStore.getState();
    sampleStore.setState({
      session: { status: 'ready', ...answer.value },
      problem: null,
      sample: Math.min(sample, answer.value.samples - 1),
      view: null,
    });
  }

  async function readView(): Promise<void> {
    const { session, sample } = sampleStore.getState();
    if (session.status !== 'ready') return;
    const answer = await connection.call('probe/samples', { session: session.session, from: sample, count: 1 });
    const now = sampleStore.getState();
    const [view] = answer.ok ? answer.value.samples : [];
    if (view !== undefined && now.session === session && now.sample === sample) sampleStore.setState({ view });
  }

  /** Asks for some paths and takes what comes, unless something else is wanted by then. */
  async function ask(paths: readonly string[], how: 'card' | 'whole' | 'baseline'): Promise<boolean> {
    const state = sampleStore.getState();
    const { session, sample, style, lesions } = state;
    const key = wantedKey(state);
    if (session.status !== 'ready' || key === null) return false;
    const answer = await connection.call('probe/read', {
      session: session.session,
      sample,
      view: `${page} ${how}`,
      lesions: how === 'baseline' ? [] : [...lesions],
      style: how === 'whole' ? 'tiles' : style,
      detail: how === 'whole' ? 'whole' : 'card',
      paths: [...paths],
    });
    const now = sampleStore.getState();
    if (wantedKey(now) !== key) return false;
    if (!answer.ok) {
      // The host was started anew, or has had much else to do.
      if (answer.problem.code === 'probe/no-session') void open();
      else sampleStore.setState({ problem: answer.problem });
      return false;
    }
    const { values, superseded } = answer.value;
    const entryOf = (path: string): PathReading => ({ key, values: values.filter((value) => value.path === path) });
    // What was cut short may lack a port: only what is there in full counts.
    const complete = superseded ? [] : paths;
    if (how === 'whole') {
      const [path] = complete;
      if (path !== undefined && path === now.inspected) sampleStore.setState({ whole: entryOf(path), problem: null });
    } else {
      const place = how === 'baseline' ? 'baseline' : 'readings';
      const next = new Map(now[place]);
      for (const path of complete) {
        next.delete(path);
        next.set(path, entryOf(path));
      }
      for (const old of next.keys()) {
        if (next.size <= KEPT) break;
        next.delete(old);
      }
      sampleStore.setState({ [place]: next, problem: null });
    }
    return !superseded;
  }

  async function readCards(): Promise<void> {
    const mine = ++turn;
    for (;;) {
      const { visible, readings, open: isOpen, ...state } = sampleStore.getState();
      const key = wantedKey(state);
      if (!isOpen || key === null) return;
      const wanted = [...new Set([...outputPaths(), ...visible])];
      const missing = wanted.filter((path) => readings.get(path)?.key !== key).slice(0, AT_ONCE);
      if (missing.length === 0) return;
      const goesOn = await ask(missing, 'card');
      if (!goesOn || mine !== turn) return;
    }
  }

  function read(): void {
    clearTimeout(readTimer);
    readTimer = setTimeout(() => {
      const state = sampleStore.getState();
      const key = wantedKey(state);
      if (!state.open || key === null) return;
      void readCards();
      if (state.inspected !== null && state.whole?.key !== key) void ask([state.inspected], 'whole');
      const compared = state.lesions.length === 0 ? [] : outputPaths();
      if (compared.some((path) => state.baseline.get(path)?.key !== key)) void ask(compared, 'baseline');
    }, MOVE_REST);
  }

  function openSoon(): void {
    const state = sampleStore.getState();
    if (!state.open || connection.state !== 'open' || sessionBasis(state) === basis) return;
    clearTimeout(openTimer);
    openTimer = setTimeout(() => void open(), EDIT_REST);
  }

  sampleStore.subscribe((state, before) => {
    if (state.open !== before.open) {
      basis = null;
      if (!state.open) opening += 1;
      else sampleStore.setState({ session: { status: 'opening' } });
    }
    if (!state.open) return;
    openSoon();
    if (state.session !== before.session || state.sample !== before.sample) void readView();
    const changed = (['session', 'sample', 'lesions', 'style', 'visible', 'inspected'] as const).some(
      (part) => state[part] !== before[part],
    );
    if (changed) read();
  });
  documentStore.subscribe((state, before) => {
    // Another document: weights and lesions belong to what was looked at.
    if (state.generation !== before.generation && sampleStore.getState().open) {
      const weights = firstWeights(runsToLookAt(runStore.getState().summaries, networkFingerprint(state.document)));
      sampleStore.setState({ weights, lesions: [], readings: new Map(), whole: null, baseline: new Map() });
    }
    if (state.document !== before.document) openSoon();
  });
  runStore.subscribe((state, before) => {
    if (state.summaries !== before.summaries) openSoon();
  });
  connection.onState((state) => {
    basis = null;
    if (state === 'open') openSoon();
  });
}
