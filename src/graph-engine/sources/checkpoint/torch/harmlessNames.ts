/** Names of Python that may stand in a checkpoint, by module. None of them is ever looked up or called: a reader takes them down. */
const harmless: Readonly<Record<string, RegExp>> = {
  collections: /^(OrderedDict|defaultdict)$/,
  builtins: /^(set|frozenset|dict|list|tuple|int|float|bool|str|complex|slice|bytearray)$/,
  torch:
    /^((Float|Double|Half|BFloat16|Long|Int|Short|Char|Byte|Bool|Untyped)Storage|Size|device|bool|bfloat16|half|float|double|float(16|32|64)|u?int(8|16|32|64)|int|long|short)$/,
  'torch.storage': /^UntypedStorage$/,
  'torch._utils': /^_rebuild_(tensor|tensor_v2|tensor_v3|parameter|parameter_with_state)$/,
  'torch.nn.parameter': /^Parameter$/,
  // What training scripts lay beside the weights: their settings, and numbers of NumPy.
  argparse: /^Namespace$/,
  pathlib: /^(Pure)?(Posix|Windows)?Path$/,
  numpy: /^(dtype|ndarray)$/,
  'numpy.core.multiarray': /^(scalar|_reconstruct)$/,
  'numpy._core.multiarray': /^(scalar|_reconstruct)$/,
  _codecs: /^encode$/,
};

/** Whether a name may stand in a checkpoint. */
export function isHarmlessName(module: string, name: string): boolean {
  return Object.hasOwn(harmless, module) && harmless[module]?.test(name) === true;
}

/** The names in words, for whoever wrote another. */
export const harmlessInWords =
  'tensors of torch, numbers, text, lists, tuples, dictionaries, argparse.Namespace, paths and numbers of NumPy';
