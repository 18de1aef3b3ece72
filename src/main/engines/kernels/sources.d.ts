/** The text of a file, which Vite builds in. */
declare module '*?raw' {
  const text: string;
  export = text;
}
