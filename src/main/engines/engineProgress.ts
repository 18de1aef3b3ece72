import { HostFailure } from '../files/hostFailure.ts';

/** The user has ended an installation; pip, where it fetches, keeps nothing of a file that is not whole. */
export function installationCancelled(by?: 'pip'): HostFailure {
  return new HostFailure({
    code: 'engine/installation-cancelled',
    message: `The installation was cancelled. What was fetched ${by === 'pip' ? 'whole ' : ''}is kept.`,
    remedy:
      by === 'pip'
        ? 'Install again: the file that pip was fetching is begun anew.'
        : 'Install again to go on from there.',
  });
}

/** Where an installation stands. `done` and `total` are bytes; a phase without them has no measure. */
export interface EngineProgress {
  readonly phase: EnginePhase;
  readonly done?: number;
  readonly total?: number;
  /** For `waiting`: the process that is installing at this moment. */
  readonly process?: number;
}

export type EnginePhase = 'waiting' | 'downloading' | 'checking' | 'unpacking' | 'compiling' | 'testing';

export type OnEngineProgress = (progress: EngineProgress) => void;

/** What each phase is called to the user. */
export const phaseWords: Readonly<Record<EnginePhase, string>> = {
  waiting: 'Waiting for another installation',
  downloading: 'Downloading TensorFlow',
  checking: 'Checking the download',
  unpacking: 'Unpacking the libraries',
  compiling: 'Compiling the addon',
  testing: 'Testing the engine',
};
