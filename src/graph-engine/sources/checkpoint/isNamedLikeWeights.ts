const PARAMETER =
  /^(weights?|bias(es)?|kernel|gamma|beta|alpha|scale|table|token|(running|moving)_?(mean|var|variance)|mean|variance)(:\d+)?$/i;

/** Whether arrays are called as the weights of a network, by the path of a layer, rather than as samples and their targets. */
export function isNamedLikeWeights(names: readonly string[]): boolean {
  const weights = names.filter((name) => {
    const parts = name.split(/[./]/);
    return parts.length > 1 || PARAMETER.test(name);
  });
  return weights.length > names.length / 2;
}
