import type { NodeProto } from '../../targets/protobuf/generated/onnx_pb.js';

/** The modules that the exporter says a node comes from, outermost first. */
export function modulesOf(node: NodeProto): readonly string[] {
  return modulesInMetadata(node) ?? modulesInName(node.name);
}

/** PyTorch's newer exporter writes the names of the modules around a node as a list. */
function modulesInMetadata(node: NodeProto): readonly string[] | undefined {
  const scopes = node.metadataProps.find(({ key }) => key === 'pkg.torch.onnx.name_scopes')?.value;
  if (scopes === undefined) return undefined;
  // A Python list of strings: ['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d_3']; the last one is the call itself.
  const paths = [...scopes.matchAll(/'([^']*)'/g)].map(([, path = '']) => path).slice(0, -1);
  const longest = paths.findLast((path) => path !== '');
  return longest === undefined ? [] : longest.split('.');
}

/** PyTorch's older exporter writes the path into the name: `/layer1/layer1.0/conv1/Conv`; Keras and TensorFlow do alike. */
function modulesInName(name: string): readonly string[] {
  const parts = name.split('/').filter((part) => part !== '');
  const modules = name.includes('/') ? parts.slice(0, -1) : [];
  const path: string[] = [];
  let before = '';
  for (const part of modules) {
    // A module inside a list repeats the name of the list: `layer1`, `layer1.0`, `layer1.0.1`.
    const rest = before !== '' && part.startsWith(`${before}.`) ? part.slice(before.length + 1) : part;
    path.push(...rest.split('.'));
    before = part;
  }
  return path;
}
