export {};

declare global {
  interface Window {
    /** What `measureInPage` puts into the page. */
    skipwireBench: {
      openByDrop(text: string, words: string): Promise<number>;
      openTemplate(id: string): Promise<number>;
      expandAll(): Promise<{ milliseconds: number; nodes: number }>;
      zoomTo(zoom: number): Promise<void>;
      pan(milliseconds: number): Promise<{ fps: number; slowest: number }>;
      zoom(milliseconds: number): Promise<{ fps: number; slowest: number }>;
      centreOnFirst(): Promise<void>;
      watchMoves(): void;
      moves(): number[];
      edit(size: number): Promise<{ known: number; shown: number }>;
      arrange(): Promise<{ milliseconds: number; blocked: number }>;
    };
  }
}
