/** What a network can be taken away as. */
export const exportFormats = {
  onnx: {
    label: 'ONNX',
    detail: 'a model that every runtime reads',
    extension: '.onnx',
    title: 'The file is run by onnxruntime right after it is written and compared with the engine.',
  },
  pytorch: {
    label: 'PyTorch',
    detail: 'source code and its weights',
    extension: '.py',
    title: 'A class for each block; the weights are written beside it as safetensors.',
  },
} as const;
export type ExportFormat = keyof typeof exportFormats;

/** All formats, for a list to choose from. */
export const formatOptions = Object.entries(exportFormats).map(([value, { label, detail }]) => ({
  value: value as ExportFormat,
  label,
  detail,
}));

/** The name with the extension of a format in place of that of another; Python imports no name with a dash. */
export function renamedFor(name: string, format: ExportFormat): string {
  const extensions = Object.values(exportFormats).map(({ extension }) => extension.slice(1));
  const stem = name.replace(new RegExp(`\\.(json|${extensions.join('|')})$`, 'i'), '');
  return (format === 'pytorch' ? moduleName(stem) : stem) + exportFormats[format].extension;
}

function moduleName(stem: string): string {
  const plain = stem.replace(/[^A-Za-z0-9_]+/g, '_');
  return /^[0-9]/.test(plain) ? `net_${plain}` : plain;
}
