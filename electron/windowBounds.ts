import { z } from 'zod';

const Rectangle = z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) });
export type Rectangle = z.infer<typeof Rectangle>;

/** What is remembered of the window between two starts. */
export const WindowState = z.object({ bounds: Rectangle, maximized: z.boolean() });
export type WindowState = z.infer<typeof WindowState>;

export const MINIMUM_SIZE = { width: 960, height: 600 } as const;
const FIRST_SIZE = { width: 1440, height: 900 } as const;
/** So much of the title bar must be within reach. */
const REACH = 80;

/** Reads a remembered state; undefined when there is none or it makes no sense. */
export function parseWindowState(text: string): WindowState | undefined {
  try {
    const parsed = WindowState.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where to open the window: where it was, if a screen still shows enough of it to be dragged; else centred (no position)
 * at a size that fits the first screen.
 */
export function windowBounds(
  remembered: Rectangle | undefined,
  screens: readonly Rectangle[],
): Partial<Rectangle> & { width: number; height: number } {
  const reachable = screens.some(
    (screen) =>
      remembered !== undefined &&
      remembered.x + remembered.width > screen.x + REACH &&
      remembered.x < screen.x + screen.width - REACH &&
      remembered.y >= screen.y &&
      remembered.y < screen.y + screen.height - REACH,
  );
  if (remembered !== undefined && reachable) {
    return {
      ...remembered,
      width: Math.max(remembered.width, MINIMUM_SIZE.width),
      height: Math.max(remembered.height, MINIMUM_SIZE.height),
    };
  }
  const [first] = screens;
  return {
    width: Math.min(FIRST_SIZE.width, first?.width ?? FIRST_SIZE.width),
    height: Math.min(FIRST_SIZE.height, first?.height ?? FIRST_SIZE.height),
  };
}
