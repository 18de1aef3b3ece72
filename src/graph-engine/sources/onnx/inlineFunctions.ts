import { create } from '@bufbuild/protobuf';
import { fail, ok, type Result } from '../../core/diagnostic.ts';
import {
  AttributeProtoSchema,
  NodeProtoSchema,
  type AttributeProto,
  type FunctionProto,
  type NodeProto,
} from '../../targets/protobuf/generated/onnx_pb.js';
import { renameCaptured } from '../../targets/protobuf/renameCaptured.ts';

/** Calls may not go deeper, and what comes out may not be larger. */
const MAXIMUM_DEPTH = 32;
const MAXIMUM_NODES = 200_000;

/** Writes the bodies of a model's own functions in place of their calls. */
export function inlineFunctions(
  nodes: readonly NodeProto[],
  functions: readonly FunctionProto[],
): Result<readonly NodeProto[]> {
  if (functions.length === 0) return ok(nodes);
  const byName = new Map(functions.map((body) => [keyOf(body.domain, body.name, body.overload), body]));
  const written: NodeProto[] = [];
  let calls = 0;
  let problem: Result<never> | undefined;

  const write = (node: NodeProto, depth: number): void => {
    if (problem !== undefined) return;
    const body = byName.get(keyOf(node.domain, node.opType, node.overload));
    if (body === undefined) {
      written.push(node);
      return;
    }
    if (depth >= MAXIMUM_DEPTH || written.length > MAXIMUM_NODES) {
      problem = fail({
        code: 'onnx/functions',
        message: `The function "${body.name}" is called too deeply or too often, perhaps by itself.`,
      });
      return;
    }
    const prefix = `${node.name || body.name}#${calls++}/`;
    const names = new Map<string, string>([
      ['', ''],
      ...body.input.map((name, index): [string, string] => [name, node.input[index] ?? '']),
      ...body.output.map((name, index): [string, string] => [name, node.output[index] ?? `${prefix}${name}`]),
    ]);
    const given = new Map(node.attribute.map((attribute) => [attribute.name, attribute]));
    for (const attribute of body.attributeProto) {
      if (!given.has(attribute.name)) given.set(attribute.name, attribute);
    }
    for (const inner of body.node) write(instantiate(inner, prefix, names, given, node), depth + 1);
  };

  for (const node of nodes) write(node, 0);
  return problem ?? ok(written);
}

function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain, name, overload]);
}

function renamed(name: string, prefix: string, names: Map<string, string>): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const fresh = `${prefix}${name}`;
  names.set(name, fresh);
  return fresh;
}

function instantiate(
  node: NodeProto,
  prefix: string,
  names: Map<string, string>,
  given: ReadonlyMap<string, AttributeProto>,
  call: NodeProto,
): NodeProto {
  return create(NodeProtoSchema, {
    ...node,
    name: `${prefix}${node.name || node.opType}`,
    input: node.input.map((name) => renamed(name, prefix, names)),
    output: node.output.map((name) => renamed(name, prefix, names)),
    attribute: node.attribute.flatMap((attribute) => {
      const own = attribute.refAttrName === '' ? attribute : given.get(attribute.refAttrName);
      if (own === undefined) return [];
      return [create(AttributeProtoSchema, { ...renameCaptured(own, names), name: attribute.name, refAttrName: '' })];
    }),
    metadataProps: node.metadataProps.length > 0 ? node.metadataProps : call.metadataProps,
  });
}
