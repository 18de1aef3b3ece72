/** A rectangle of the canvas. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const CLEARANCE = 24;
const SAMPLES = 12;
/** A curve as near to a box as this is in its way. */
const BESIDE = 6;

/** How far a wire leaves its port horizontally before it turns. */
function reach(from: Point, to: Point): number {
  const distance = to.x - from.x;
  return distance >= 0 ? Math.max(24, distance * 0.5) : 24 + Math.sqrt(-distance) * 8;
}

function bezierAt(from: Point, to: Point, t: number): Point {
  const bend = reach(from, to);
  const u = 1 - t;
  return {
    x: u ** 3 * from.x + 3 * u * u * t * (from.x + bend) + 3 * u * t * t * (to.x - bend) + t ** 3 * to.x,
    y: (u ** 3 + 3 * u * u * t) * from.y + (3 * u * t * t + t ** 3) * to.y,
  };
}

function holds(box: Box, { x, y }: Point): boolean {
  return x > box.x && x < box.x + box.width && y > box.y - BESIDE && y < box.y + box.height + BESIDE;
}

/** Whether the direct curve between two ports would run through a box. */
export function isObstructed(from: Point, to: Point, boxes: readonly Box[]): boolean {
  // The curve rises or falls all the way: it never leaves the heights between its ends.
  const [top, bottom] = [Math.min(from.y, to.y) - BESIDE, Math.max(from.y, to.y) + BESIDE];
  const beside = boxes.filter((box) => box.y < bottom && box.y + box.height > top);
  if (beside.length === 0) return false;
  for (let step = 1; step < SAMPLES; step++) {
    const point = bezierAt(from, to, step / SAMPLES);
    if (beside.some((box) => holds(box, point))) return true;
  }
  return false;
}

/** The next height above (-1) or below (1) a lane that is free of the boxes in its way; the lane itself when none is. */
function pastBlocking(lane: number, direction: 1 | -1, boxes: readonly Box[]): number {
  let free = lane;
  for (const { y, height } of boxes) {
    if (lane <= y - CLEARANCE + 1 || lane >= y + height + CLEARANCE - 1) continue;
    free = direction === -1 ? Math.min(free, y - CLEARANCE) : Math.max(free, y + height + CLEARANCE);
  }
  return free;
}

/** Height of the nearest free horizontal lane between two ports: among, above or below what is in between. */
export function freeLane(from: Point, to: Point, boxes: readonly Box[]): number {
  const between = boxes.filter((box) => box.x < to.x && box.x + box.width > from.x);
  const search = (start: number, direction: 1 | -1): number => {
    let lane = start;
    for (let tries = 0; tries <= between.length; tries++) {
      const next = pastBlocking(lane, direction, between);
      if (next === lane) return lane;
      lane = next;
    }
    return lane;
  };
  const middle = (from.y + to.y) / 2;
  const detour = (lane: number): number => Math.abs(lane - from.y) + Math.abs(lane - to.y);
  const above = search(middle, -1);
  const below = search(middle, 1);
  // Above unless that is a longer way round: arcs over the path are how residual networks are drawn.
  return detour(above) <= detour(below) * 1.5 ? above : below;
}

export interface WirePath {
  readonly d: string;
  /** Where the label goes. */
  readonly label: Point;
  /** Where it stands: direct wires have theirs below, because arcs of skips leave upwards. */
  readonly side: 'above' | 'on' | 'below';
}

const CORNER = 12;

/** Straight lines with rounded corners. */
function roundedLines(points: readonly Point[]): string {
  let d = '';
  points.forEach((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (before === undefined || after === undefined) {
      d += `${before === undefined ? 'M' : 'L'}${point.x},${point.y} `;
      return;
    }
    const towards = (end: Point): Point => {
      const distance = Math.hypot(end.x - point.x, end.y - point.y);
      const share = distance === 0 ? 0 : Math.min(CORNER, distance / 2) / distance;
      return { x: point.x + (end.x - point.x) * share, y: point.y + (end.y - point.y) * share };
    };
    const [start, end] = [towards(before), towards(after)];
    d += `L${start.x},${start.y} Q${point.x},${point.y} ${end.x},${end.y} `;
  });
  return d.trimEnd();
}

/** Like a carriage return: out of the port, back along the lane between the rows, into the port. */
function pathBack(from: Point, to: Point, lane: number): WirePath {
  const [right, left] = [from.x + CLEARANCE, to.x - CLEARANCE];
  const d = roundedLines([
    from,
    { x: right, y: from.y },
    { x: right, y: lane },
    { x: left, y: lane },
    { x: left, y: to.y },
    to,
  ]);
  return { d, label: { x: (from.x + to.x) / 2, y: lane }, side: 'on' };
}

/** The curve of a wire: direct, or along a lane round what is in the way. */
export function wirePath(from: Point, to: Point, lane: number | null): WirePath {
  if (lane !== null && to.x < from.x) return pathBack(from, to, lane);
  if (lane === null || to.x - from.x < 60) {
    const bend = reach(from, to);
    // Between neighbours there is no room on the wire itself.
    const isShort = Math.abs(to.x - from.x) < 90 && Math.abs(to.y - from.y) < 40;
    return {
      d: `M${from.x},${from.y} C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`,
      label: { x: (from.x + to.x) / 2, y: isShort ? Math.max(from.y, to.y) : (from.y + to.y) / 2 },
      side: isShort || Math.abs(to.y - from.y) < 14 ? 'below' : 'on',
    };
  }
  // A quarter turn out of the port, along the lane, a quarter turn into the port.
  const room = (to.x - from.x) / 2;
  const rise = Math.min(36, room);
  const lead = Math.min(20, room / 2);
  const [left, right] = [from.x + lead, to.x - lead];
  const d =
    `M${from.x},${from.y} C${left},${from.y} ${left - lead / 3},${lane} ${from.x + lead + rise * 0.6},${lane} ` +
    `L${to.x - lead - rise * 0.6},${lane} C${right + lead / 3},${lane} ${right},${to.y} ${to.x},${to.y}`;
  return { d, label: { x: (from.x + to.x) / 2, y: lane }, side: lane > Math.max(from.y, to.y) ? 'below' : 'above' };
}

/** The curve of a wire that is led through points: smooth at each of them, level at the ports. */
export function wirePathThrough(from: Point, via: readonly Point[], to: Point): WirePath {
  const points = [from, ...via, to];
  const last = points.length - 1;
  const tangent = (index: number): Point => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (before === undefined || after === undefined) return { x: reach(from, to) * 1.2, y: 0 };
    return { x: (after.x - before.x) / 2, y: (after.y - before.y) / 2 };
  };
  let d = `M${from.x},${from.y}`;
  for (let index = 0; index < last; index++) {
    const [start, end] = [points[index], points[index + 1]];
    if (start === undefined || end === undefined) continue;
    const [out, into] = [tangent(index), tangent(index + 1)];
    // A tangent longer than the way itself would make a loop.
    const length = Math.hypot(end.x - start.x, end.y - start.y);
    const share = (by: Point): number => Math.min(1, length / Math.max(1, Math.hypot(by.x, by.y))) / 3;
    const [a, b] = [share(out), share(into)];
    d += ` C${start.x + out.x * a},${start.y + out.y * a} ${end.x - into.x * b},${end.y - into.y * b} ${end.x},${end.y}`;
  }
  const label = via[Math.floor((via.length - 1) / 2)] ?? from;
  return { d, label, side: 'above' };
}
