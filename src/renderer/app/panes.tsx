import {
  Activity,
  Blocks,
  ChartLine,
  CircleAlert,
  Cpu,
  FlaskConical,
  GitCompare,
  History,
  SlidersHorizontal,
  Target,
} from 'lucide-react';
import { DifferencesPane } from '../compare/DifferencesPane.tsx';
import { EnginesPane } from '../engines/EnginesPane.tsx';
import { HistoryPane } from '../history/HistoryPane.tsx';
import { InspectorPane } from '../inspector/InspectorPane.tsx';
import { PalettePane } from '../palette/PalettePane.tsx';
import type { Pane, PaneId } from '../panes/pane.ts';
import { ProblemsPane } from '../problems/ProblemsPane.tsx';
import { ResultsPane } from '../results/ResultsPane.tsx';
import { RunsPane } from '../runs/RunsPane.tsx';
import { SweepPane } from '../sweeps/SweepPane.tsx';
import { TrainingMark } from '../training/TrainingMark.tsx';
import { TrainingPane } from '../training/TrainingPane.tsx';

const byId: Readonly<Record<PaneId, Omit<Pane, 'id'>>> = {
  palette: { title: 'Palette', icon: Blocks, home: 'left', open: true, shortcut: 'Alt+1', Content: PalettePane },
  inspector: {
    title: 'Inspector',
    icon: SlidersHorizontal,
    home: 'right',
    open: true,
    shortcut: 'Alt+2',
    Content: InspectorPane,
  },
  training: {
    title: 'Training',
    icon: Activity,
    home: 'right',
    open: true,
    shortcut: 'Alt+3',
    Content: TrainingPane,
    Mark: TrainingMark,
  },
  history: { title: 'History', icon: History, home: 'right', open: true, shortcut: 'Alt+4', Content: HistoryPane },
  problems: {
    title: 'Problems',
    icon: CircleAlert,
    home: 'bottom',
    open: false,
    shortcut: 'Alt+5',
    Content: ProblemsPane,
  },
  results: { title: 'Results', icon: Target, home: 'bottom', open: false, shortcut: 'Alt+7', Content: ResultsPane },
  runs: { title: 'Runs', icon: ChartLine, home: 'bottom', open: false, shortcut: 'Alt+8', Content: RunsPane },
  sweeps: { title: 'Sweep', icon: FlaskConical, home: 'bottom', open: false, shortcut: 'Alt+9', Content: SweepPane },
  engines: { title: 'Engines', icon: Cpu, home: 'bottom', open: false, shortcut: 'Alt+E', Content: EnginesPane },
  differences: {
    title: 'Differences',
    icon: GitCompare,
    home: 'bottom',
    open: false,
    shortcut: 'Alt+6',
    Content: DifferencesPane,
  },
};

/** Every pane, in the order of the View menu; a new one is an entry here and its name in `PaneId`. */
export const panes: readonly Pane[] = (Object.keys(byId) as PaneId[]).map((id) => ({ id, ...byId[id] }));
