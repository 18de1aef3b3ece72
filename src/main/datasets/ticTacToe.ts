import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import type { HeldDataSet, HeldDataSource } from './dataSet.ts';

const SIDE = 3;
const SQUARES = SIDE * SIDE;
const LINES = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
] as const;

/** A board as its squares: 0 empty, 1 a stone of the player to move, -1 one of the other. */
type Board = readonly number[];

/** What the solver knows of a position: its value for the player to move, and the moves that keep it. */
export interface Solved {
  readonly board: Board;
  /** 1 won, 0 drawn, -1 lost with best play of both. */
  readonly value: number;
  readonly best: readonly number[];
}

const description: DataSetDescription = {
  id: 'tic-tac-toe',
  title: 'Tic-tac-toe, solved',
  description:
    'Every position of tic-tac-toe in which there is a move, with the best moves and the value that a perfect player knows. For towers with a policy and a value.',
  inputs: [{ kind: 'image', name: 'board', height: SIDE, width: SIDE, channels: 2 }],
  targets: [
    {
      kind: 'probabilities',
      name: 'policy',
      choices: Array.from(
        { length: SQUARES },
        (_, square) => `row ${Math.floor(square / SIDE) + 1}, column ${(square % SIDE) + 1}`,
      ),
    },
    { kind: 'values', name: 'value', names: ['value'] },
  ],
  samples: 4520,
  licence: 'Made by Skipwire; free to use',
};

/**
 * All positions of tic-tac-toe: two planes, the stones of the player to move and those of the other; equal probabilities
 * for all best moves; the value from -1 to 1.
 */
export function ticTacToe(): HeldDataSource {
  return { description, load: async () => toDataSet(solvedPositions()) };
}

function toDataSet(positions: readonly Solved[]): HeldDataSet {
  const boards = new Float32Array(positions.length * SQUARES * 2);
  const policies = new Float32Array(positions.length * SQUARES);
  const values = new Float32Array(positions.length);
  for (const [sample, { board, value, best }] of positions.entries()) {
    for (const [square, stone] of board.entries()) {
      boards[(sample * SQUARES + square) * 2] = stone === 1 ? 1 : 0;
      boards[(sample * SQUARES + square) * 2 + 1] = stone === -1 ? 1 : 0;
    }
    for (const square of best) policies[sample * SQUARES + square] = 1 / best.length;
    values[sample] = value;
  }
  return { description: { ...description, samples: positions.length }, inputs: [boards], targets: [policies, values] };
}

/** Every position that play can reach and in which there is a move, each solved by looking to the end of the game. */
export function solvedPositions(): readonly Solved[] {
  const solved = new Map<string, Solved>();
  solve(new Array<number>(SQUARES).fill(0), solved);
  return [...solved.values()];
}

function solve(board: Board, solved: Map<string, Solved>): number {
  // Only the player who just moved can have made a line.
  if (LINES.some((line) => line.every((square) => board[square] === -1))) return -1;
  const moves = board.flatMap((stone, square) => (stone === 0 ? [square] : []));
  if (moves.length === 0) return 0;
  const key = board.join();
  const known = solved.get(key);
  if (known !== undefined) return known.value;
  const outcomes = moves.map((move) => 0 - solve(after(board, move), solved));
  const value = Math.max(...outcomes);
  solved.set(key, { board, value, best: moves.filter((_, index) => outcomes[index] === value) });
  return value;
}

/** The board after a move, seen by the other player. */
function after(board: Board, move: number): Board {
  return board.map((stone, square) => (square === move ? -1 : stone === 0 ? 0 : -stone));
}
