/** Tests and what supports them; product code never imports these. */
const tests = '\\.test\\.tsx?$|/testing/';

/**
 * Folders are permissions: what each layer may import. Arrows point down only.
 * @type {import('dependency-cruiser').IConfiguration}
 */
export default {
  forbidden: [
    {
      name: 'graph-engine-is-pure',
      comment: 'The graph engine runs in the page and in the host alike: no Node, no DOM library, no executor.',
      severity: 'error',
      from: { path: '^src/graph-engine/', pathNot: tests },
      to: { pathNot: ['^src/graph-engine/', 'node_modules/(zod|immer|@bufbuild/protobuf|fflate)/'] },
    },
    {
      name: 'drawings-know-no-format',
      comment: 'What sources of networks share is of no file format.',
      severity: 'error',
      from: { path: '^src/graph-engine/sources/drawing/', pathNot: tests },
      to: { path: '^src/graph-engine/sources/(onnx|keras|checkpoint)/' },
    },
    {
      name: 'keras-is-not-read-as-onnx',
      comment: 'Layers that are kept are of a type of ONNX; nothing else of one format is used to read the other.',
      severity: 'error',
      from: { path: '^src/graph-engine/sources/keras/', pathNot: tests },
      to: { path: '^src/graph-engine/sources/onnx/', pathNot: '/elementTypes\\.ts$' },
    },
    {
      name: 'contract-knows-documents-only',
      severity: 'error',
      from: { path: '^src/contract/', pathNot: tests },
      to: { pathNot: ['^src/(contract|graph-engine)/', 'node_modules/zod/'] },
    },
    {
      name: 'main-is-plain-node',
      comment: 'The engine host must start under plain Node, without a window.',
      severity: 'error',
      from: { path: '^src/main/', pathNot: tests },
      to: { path: ['^src/renderer/', '^electron/', 'node_modules/(electron|react|react-dom|@xyflow)/'] },
    },
    {
      name: 'interpreting-needs-no-node',
      comment: 'Programs are interpreted in pages too.',
      severity: 'error',
      from: { path: '^src/main/executors/(interpreted|tfjs)/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'renderer-speaks-the-contract',
      severity: 'error',
      from: { path: '^src/renderer/', pathNot: tests },
      to: { path: ['^src/main/', '^electron/', 'node_modules/(electron|@tensorflow|onnxruntime-node|ws)/'] },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^src/renderer/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'electron-is-a-shell',
      comment: 'Windows, menus, security. The host is started as a utility process, never imported.',
      severity: 'error',
      from: { path: '^electron/', pathNot: tests },
      to: {
        pathNot: ['^electron/', '^src/contract/', 'node_modules/electron/', 'node_modules/zod/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'product-code-imports-no-test',
      severity: 'error',
      from: { path: '^(src|electron)/', pathNot: tests },
      to: { path: [tests, '^tests/', 'node_modules/(vitest|fast-check|playwright-core|axe-core)/'] },
    },
    {
      name: 'no-circular-values',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.(css|svg|png|html)$|\\?(raw|url)$|/simd/assembly/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
    },
  },
};
