import { z } from 'zod';

/** Marks a data setting that names files of the workspace rather than a set that comes along. */
const PATH_MARK = './';

/** The workspace path that a data setting such as `./photos/flowers` names; `undefined` for a set that comes along. */
export function dataPathOf(data: string): string | undefined {
  return data.startsWith(PATH_MARK) ? data.slice(PATH_MARK.length) : undefined;
}

/** The data setting for files of the workspace. */
export function dataSettingOf(workspacePath: string): string {
  return `${PATH_MARK}${workspacePath}`;
}

const side = z.int().min(1).max(4096);
const classNames = z
  .array(z.string().max(200))
  .max(100_000)
  .optional()
  .describe('Names of the classes, in the order of their numbers.');

const imageOptions = {
  size: z
    .strictObject({ height: side, width: side })
    .optional()
    .describe('Size to which images are brought once; left out, the size that most of them have.'),
  fit: z
    .enum(['cover', 'contain', 'stretch'])
    .default('cover')
    .describe('cover cuts what stands over, contain adds black borders, stretch changes the proportions.'),
  colour: z.enum(['auto', 'grey', 'colour']).default('auto').describe('auto takes colour when any image has colour.'),
  leaveOut: z.boolean().default(false).describe('Goes on without files that cannot be read.'),
};

/** One column of a table: what it is used for and how its cells are read. */
export const TableColumn = z.strictObject({
  name: z.string().max(1000),
  use: z.enum(['feature', 'target', 'ignore']),
  type: z.enum(['number', 'category']),
});
export type TableColumn = z.infer<typeof TableColumn>;

/** How files become samples: found by looking at them, and the user's to change. */
export const DataReader = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('image-folder'), ...imageOptions })
    .describe('A folder of images for each class, perhaps below folders for training, validation and test.'),
  z
    .strictObject({
      kind: z.literal('image-masks'),
      images: z.string().max(500).default('images').describe('Folder of the images.'),
      masks: z.string().max(500).default('masks').describe('Folder of the masks, named like their images.'),
      ...imageOptions,
      levels: z
        .array(z.int().min(0).max(0xffffff))
        .max(1000)
        .optional()
        .describe('Grey level or colour of each class; left out, all that the masks have, in order.'),
      classes: classNames,
    })
    .describe('Images, each with a mask that gives every pixel a class.'),
  z
    .strictObject({
      kind: z.literal('table'),
      delimiter: z.enum([',', ';', '\t', '|']).default(','),
      decimal: z.enum(['.', ',']).default('.').describe('The sign before the fraction of a number.'),
      header: z.boolean().default(true).describe('Whether the first line names the columns.'),
      columns: z.array(TableColumn).max(10_000).default([]),
      missing: z
        .enum(['fill', 'leave-out', 'stop'])
        .default('fill')
        .describe('fill takes the mean or the most frequent category, leave-out drops the row.'),
      leaveOut: z.boolean().default(false).describe('Goes on without rows that cannot be read.'),
    })
    .describe('Comma or tab separated values, one sample a line.'),
  z
    .strictObject({ kind: z.literal('idx'), classes: classNames })
    .describe('Images and labels in IDX files, as MNIST has them, packed by gzip or not.'),
  z
    .strictObject({ kind: z.literal('cifar'), labels: z.enum(['fine', 'coarse']).default('fine') })
    .describe('The binary files of CIFAR-10 or CIFAR-100.'),
  z
    .strictObject({
      kind: z.literal('arrays'),
      inputs: z.string().max(500).default('x').describe('Name of the array of inputs.'),
      targets: z.string().max(500).default('y').describe('Name of the array of targets.'),
      layout: z
        .enum(['channels-last', 'channels-first'])
        .default('channels-last')
        .describe('Where images have their channels.'),
      learn: z
        .enum(['auto', 'class', 'values', 'mask'])
        .default('auto')
        .describe('What the targets are; auto takes whole numbers for classes.'),
      classes: classNames,
    })
    .describe('NumPy arrays: a folder of .npy files, or one .npz.'),
  z
    .strictObject({
      kind: z.literal('text'),
      tokens: z.enum(['characters', 'words', 'byte-pairs']).default('characters').describe('What a token is.'),
      vocabulary: z
        .int()
        .min(2)
        .max(65_536)
        .default(1024)
        .describe('The most tokens there may be; what is more seldom becomes unknown.'),
    })
    .describe('Text files, read one after the other, to learn to write the next token.'),
]);
export type DataReader = z.infer<typeof DataReader>;
export type DataReaderKind = DataReader['kind'];
/** The options of one way of reading. */
export type ReaderOf<Kind extends DataReaderKind> = Extract<DataReader, { kind: Kind }>;
