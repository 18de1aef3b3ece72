/**
 * A document of about that many nodes, without blocks: a residual network of plain ops, in rows as wide as they are high.
 * @param {number} size
 * @returns {{ text: string, nodes: number }}
 */
export function largeDrawing(size) {
  /** @type {Record<string, object>} */
  const nodes = {};
  const perRow = Math.ceil(Math.sqrt(size / 2)) * 2;
  let count = 0;
  let last = '';
  /**
   * @param {string} op
   * @param {Record<string, unknown>} [parameters]
   * @param {Record<string, string>} [inputs]
   */
  const add = (op, parameters = {}, inputs = last === '' ? {} : { input: last }) => {
    const id = `${op}-${count}`;
    const position = { x: (count % perRow) * 220, y: Math.floor(count / perRow) * 200 };
    const wires = Object.fromEntries(Object.entries(inputs).map(([port, node]) => [port, { node, port: 'output' }]));
    nodes[id] = { op, parameters, inputs: wires, position };
    count += 1;
    return (last = id);
  };
  add('input', { height: 32, width: 32, channels: 16 });
  while (count + 10 <= size) {
    const skip = last;
    for (let half = 0; half < 2; half++) {
      add('conv2d', { filters: 16, kernel: [3, 3], bias: false });
      add('batchNormalization');
      if (half === 0) add('relu');
    }
    const branch = last;
    add('add', {}, { a: branch, b: skip });
    add('relu');
  }
  add('globalAveragePooling');
  add('dense', { units: 10 });
  add('classificationOutput');
  const document = { format: 'skipwire/document@1', name: `Drawing of ${count} nodes`, graph: { nodes } };
  return { text: JSON.stringify(document), nodes: count };
}
