import { describe, expect, test } from 'vitest';
import { networkOf, type WrittenNode } from '../../../tests/support/networks.ts';
import { formatShape } from '../core/shape.ts';
import { NodeId, type SkipwireDocument } from '../document/schema.ts';
import { walkInstances } from '../lower/walkInstances.ts';
import { inferDocument } from './inferDocument.ts';

interface Written {
  readonly parameters?: readonly Readonly<Record<string, unknown>>[];
  readonly nodes: Readonly<Record<string, WrittenNode>>;
}

/** A network of four channels of 8×8 pixels whose `body` uses the given blocks. */
function networkWith(
  blocks: Readonly<Record<string, Written>>,
  body: Readonly<Record<string, WrittenNode>>,
): SkipwireDocument {
  const definitions = Object.entries(blocks).map(([id, { parameters = [], nodes }]) => [
    id,
    { name: id, parameters, graph: networkOf(nodes).graph },
  ]);
  return networkOf(
    {
      image: { op: 'input', parameters: { height: 8, width: 8, channels: 4 }, inputs: {} },
      ...body,
      pool: { op: 'globalAveragePooling' },
      dense: { op: 'dense' },
      output: { op: 'classificationOutput' },
    },
    Object.fromEntries(definitions) as Readonly<Record<string, unknown>>,
  );
}

function problems(document: SkipwireDocument): readonly string[] {
  return inferDocument(document).diagnostics.map(({ code, at }) =>
    [[...at.path, at.node ?? ''].join('/'), at.port, code].filter((part) => part !== undefined).join(' '),
  );
}

function shapeAt(document: SkipwireDocument, node: string, port = 'output'): string | undefined {
  const type = inferDocument(document).root.nodes.get(NodeId.parse(node))?.outputs[port];
  return type === undefined ? undefined : formatShape(type);
}

/** The paths of the ops in the order of the walk, each with the ops that feed its inputs. */
function walked(document: SkipwireDocument): readonly string[] {
  const lines: string[] = [];
  walkInstances<string>(document, inferDocument(document).root, {
    visit({ path, inferred }, inputs) {
      lines.push(`${path}(${Object.values(inputs).join(', ')})`);
      return Object.fromEntries(Object.keys(inferred.outputs).map((port) => [port, path]));
    },
    zeros: ({ path, type }) => `${path}: zeros ${formatShape(type)}`,
  });
  return lines;
}

/** Halves an image and hands on what it was; and takes both back. */
const down: Written = {
  nodes: {
    input: { op: 'blockInput' },
    conv: { op: 'conv2d', parameters: { filters: 4 } },
    pool: { op: 'maxPooling2d' },
    output: { op: 'blockOutput' },
    skip: { op: 'blockOutput', parameters: { order: 1 }, inputs: { input: 'conv' } },
  },
};
const up: Written = {
  nodes: {
    below: { op: 'blockInput', inputs: {} },
    skip: { op: 'blockInput', parameters: { order: 1 }, inputs: {} },
    larger: { op: 'upsampling2d', inputs: { input: 'below' } },
    join: { op: 'add', inputs: { a: 'larger', b: 'skip' } },
    output: { op: 'blockOutput' },
  },
};

describe('blocks with several ports', () => {
  test('values leave by each output and enter by each input, in the order that the ports say', () => {
    const document = networkWith(
      { down, up },
      { down: { block: 'down' }, up: { block: 'up', inputs: { below: 'down', skip: 'down.skip' } } },
    );
    expect(problems(document)).toEqual([]);
    expect([shapeAt(document, 'down'), shapeAt(document, 'down', 'skip'), shapeAt(document, 'up')]).toEqual([
      '4×4×4',
      '8×8×4',
      '8×8×4',
    ]);
    expect(walked(document).slice(1, 5)).toEqual([
      'down.conv(image)',
      'down.pool(down.conv)',
      'up.larger(down.pool)',
      'up.join(up.larger, down.conv)',
    ]);
  });

  test('nested, they keep apart what belongs to which level', () => {
    const level: Written = {
      nodes: {
        input: { op: 'blockInput' },
        down: { block: 'down' },
        up: { block: 'up', inputs: { below: 'down', skip: 'down.skip' } },
        output: { op: 'blockOutput' },
      },
    };
    const document = networkWith({ down, up, level }, { outer: { block: 'level', repeat: 2 } });
    expect(problems(document)).toEqual([]);
    expect(walked(document).filter((line) => line.includes('.join('))).toEqual([
      'outer[0].up.join(outer[0].up.larger, outer[0].down.conv)',
      'outer[1].up.join(outer[1].up.larger, outer[1].down.conv)',
    ]);
  });

  test('repeated, the first output goes into the first input and every other input stays as it is', () => {
    const mix: Written = {
      nodes: {
        state: { op: 'blockInput', inputs: {} },
        memory: { op: 'blockInput', parameters: { order: 1 }, inputs: {} },
        sum: { op: 'add', inputs: { a: 'state', b: 'memory' } },
        output: { op: 'blockOutput' },
      },
    };
    const document = networkWith(
      { mix },
      {
        conv: { op: 'conv2d', parameters: { filters: 4 } },
        mix: { block: 'mix', repeat: 3, inputs: { state: 'conv', memory: 'image' } },
      },
    );
    expect(problems(document)).toEqual([]);
    expect(walked(document).slice(2, 5)).toEqual([
      'mix[0].sum(conv, image)',
      'mix[1].sum(mix[0].sum, image)',
      'mix[2].sum(mix[1].sum, image)',
    ]);
  });

  test('bypassed, the first input comes out of every output', () => {
    const document = networkWith(
      { down, up },
      {
        down: { block: 'down', enabled: false },
        up: { block: 'up', enabled: false, inputs: { below: 'down', skip: 'down.skip' } },
      },
    );
    expect(problems(document)).toEqual([]);
    expect(walked(document).slice(0, 2)).toEqual(['image()', 'pool(image)']);
  });

  test('ports that are not fed, are not there, or are gone are told at the node', () => {
    const document = networkWith(
      { down, up },
      {
        down: { block: 'down' },
        up: { block: 'up', inputs: { below: 'down.middle', depth: 'down' } },
        add: { op: 'add', inputs: { a: 'up', b: 'nowhere' } },
      },
    );
    expect(problems(document).filter((line) => !line.includes('unused'))).toEqual([
      'up below graph/unknown-port',
      'up skip graph/missing-input',
      'up depth graph/unknown-port',
      'add b graph/dangling-wire',
    ]);
  });
});

describe('names and sizes', () => {
  test('two ports of one name, and two nodes of one name, are told inside the block', () => {
    const twice: Written = {
      nodes: {
        input: { op: 'blockInput' },
        one: { op: 'relu' },
        two: { op: 'relu', name: 'one' },
        output: { op: 'blockOutput' },
        other: { op: 'blockOutput', name: 'output', inputs: { input: 'two' } },
      },
    };
    expect(problems(networkWith({ twice }, { twice: { block: 'twice' } }))).toEqual([
      'twice/two graph/duplicate-name',
      'twice/other graph/duplicate-name',
    ]);
  });

  test.each(['block[0].conv', 'block.conv', 'a/b', 'conv:gradient'])(
    'a node named %s could be taken for one inside a block',
    (name) => {
      expect(problems(networkWith({}, { conv: { op: 'conv2d', name } }))).toEqual(['conv graph/ambiguous-name']);
    },
  );

  test('a block that contains itself by way of another is told once, with the way', () => {
    const inside = (block: string): Written => ({
      nodes: { input: { op: 'blockInput' }, inner: { block }, output: { op: 'blockOutput' } },
    });
    const document = networkWith({ hen: inside('egg'), egg: inside('hen') }, { hen: { block: 'hen' } });
    const [first] = inferDocument(document).diagnostics;
    expect(first).toMatchObject({
      code: 'block/recursion',
      at: { path: ['hen', 'inner'], node: 'inner' },
      received: 'hen › egg › hen',
    });
  });

  test(
    'repeats that multiply are bounded even where no op is left and every repetition differs',
    { timeout: 120_000 },
    () => {
      const parameters = [{ name: 'turn', kind: 'number', default: 0 }];
      const empty: Written = {
        parameters,
        nodes: {
          input: { op: 'blockInput' },
          relu: { op: 'relu', enabled: '= turn < 0' },
          output: { op: 'blockOutput' },
        },
      };
      const many = (block: string): Written => ({
        parameters,
        nodes: {
          input: { op: 'blockInput' },
          many: { block, repeat: 2000, parameters: { turn: '= 2000 * turn + index' } },
          output: { op: 'blockOutput' },
        },
      });
      const document = networkWith(
        { empty, two: many('empty'), three: many('two'), four: many('three') },
        { four: { block: 'four', repeat: 2000, parameters: { turn: '= index' } } },
      );
      expect(problems(document)).toContain('four block/too-large');
    },
  );
});
