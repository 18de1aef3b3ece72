import {
  ArrowDownToLine,
  AudioLines,
  Blend,
  BookA,
  Box,
  CaseSensitive,
  ChartNoAxesColumn,
  CircleHelp,
  CirclePlus,
  Dices,
  Grid2x2,
  Grid3x3,
  ImageDown,
  Layers,
  LogIn,
  LogOut,
  Maximize2,
  Merge,
  Minimize2,
  Network,
  Puzzle,
  Percent,
  Rows3,
  ScanEye,
  Shapes,
  Tags,
  TrendingUp,
  type LucideIcon,
} from 'lucide-react';
import type { NodeFamily } from './nodeView.ts';

/** Icons of ops that have one of their own; the others show their family's. */
const BY_TYPE: Readonly<Record<string, LucideIcon>> = {
  sequenceInput: AudioLines,
  tokenInput: CaseSensitive,
  blockInput: LogIn,
  blockOutput: LogOut,
  add: CirclePlus,
  softmax: Percent,
  globalAveragePooling: Minimize2,
  flatten: Rows3,
  padChannels: Maximize2,
  maxPooling2d: ArrowDownToLine,
};

const BY_FAMILY: Readonly<Record<NodeFamily, LucideIcon>> = {
  input: ImageDown,
  convolution: Grid3x3,
  embedding: BookA,
  attention: ScanEye,
  normalization: ChartNoAxesColumn,
  activation: TrendingUp,
  merge: Merge,
  pooling: Grid2x2,
  arrangement: Shapes,
  dense: Network,
  regularization: Dices,
  foreign: Puzzle,
  output: Tags,
  block: Layers,
  unknown: CircleHelp,
};

/** The picture of an op or a block. */
export function FamilyIcon({
  type,
  family,
  size = 14,
}: {
  readonly type: string;
  readonly family: NodeFamily;
  readonly size?: number;
}) {
  const Icon = BY_TYPE[type] ?? BY_FAMILY[family];
  return <Icon size={size} strokeWidth={2} aria-hidden />;
}

/** Pictures of things in the palette that are not nodes. */
export const NetworkIcon = Box;
export const LibraryIcon = Blend;

/** The colour of a family as a CSS value. */
export function familyColour(family: NodeFamily): string {
  return family === 'unknown' ? 'var(--color-ink-muted)' : `var(--color-family-${family})`;
}
