/** Operators that turn numbers into whole ones with a scale, or back. */
const conversions: ReadonlySet<string> = new Set(['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear']);

/** Whether an operator is one of quantized networks: it turns numbers into whole ones or back, or computes with whole ones. */
export function isOfQuantized(operator: string): boolean {
  return conversions.has(operator) || /^QLinear|^QGemm$|^QAttention$|^(Conv|MatMul)Integer/.test(operator);
}
