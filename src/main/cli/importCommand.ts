import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { SourceFramework } from '../../graph-engine/targets/python/sourceFramework.ts';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import { exportOnnxFile } from '../exports/exportOnnxFile.ts';
import { exportSourceFile } from '../exports/exportSourceFile.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { describeImport } from '../imports/describeImport.ts';
import { exportByTorch, isTorchModel } from '../imports/exportByTorch.ts';
import { importModelFile, nameOfModel } from '../imports/importModelFile.ts';
import { isModelFile } from '../imports/isModelFile.ts';
import { createEngineClient } from '../training/engineClient.ts';
import { agreeToRunPython } from './agreeToRunPython.ts';
import { openRunOrDocument } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface ImportOptions {
  readonly out?: string;
  readonly size?: ReadonlyMap<string, number>;
  readonly json?: boolean;
}

interface ConvertOptions extends ImportOptions {
  readonly framework?: SourceFramework;
}

/** What concerns models that PyTorch exports first. */
interface TorchOptions {
  readonly input?: string;
  readonly weights?: string;
  readonly pretrained?: boolean;
  readonly python?: string;
  readonly yes?: boolean;
}

/** Adds `import <model>`. */
export function registerImportCommand(program: Command): void {
  program
    .command('import <model>')
    .description(
      'bring a model in: ONNX, Keras (.keras, .h5, JSON), TensorFlow.js layers, or by PyTorch torchvision:NAME, timm:NAME, a .pt file or FILE.py:CLASS',
    )
    .option('-o, --out <file>', 'the document to write; a file that is there is replaced')
    .option('--size <name=n>', 'the size of an axis that the model leaves open; may be given again', collectSize)
    .option('--input <sizes>', 'PyTorch: the sizes of one example, such as 3x224x224')
    .option('--weights <file>', 'PyTorch: weights to load first, .pt or .safetensors')
    .option('--pretrained', 'PyTorch: with the weights that the library fetches')
    .option('--python <program>', 'PyTorch: the Python to run')
    .option('--yes', 'PyTorch: run Python without asking')
    .option('--json', 'one JSON object')
    .action((model: string, options: ImportOptions & TorchOptions) =>
      tellingProblems(() => (isTorchModel(model) ? importByTorch(model, options) : importModel(model, options))),
    );
}

async function importByTorch(source: string, { yes = false, ...options }: ImportOptions & TorchOptions): Promise<void> {
  await agreeToRunPython(source, yes);
  const { input, weights, pretrained, python } = options;
  const model = {
    source,
    ...(input !== undefined && { input }),
    ...(weights !== undefined && { weights }),
    ...(pretrained !== undefined && { pretrained }),
    ...(python !== undefined && { python }),
  };
  await exportByTorch(model, (file) => importModel(file, options));
}

async function importModel(model: string, { out, size, json = false }: ImportOptions): Promise<void> {
  const target = out ?? freeOf(model);
  const done = await importModelFile({
    file: path.resolve(model),
    document: path.resolve(target),
    workspace: process.cwd(),
    overwrite: out !== undefined,
    ...(size === undefined ? {} : { sizes: size }),
  });
  const { documentPath, weightsPath, report } = done;
  if (json) {
    console.log(JSON.stringify({ path: documentPath, weightsPath: weightsPath ?? null, ...report }));
    return;
  }
  for (const line of describeImport(report)) console.log(line);
  console.log(`Wrote ${target}.`);
  if (weightsPath !== undefined) console.log(`Wrote ${path.basename(weightsPath)} beside it: its weights.`);
}

/** Where the document goes: beside nothing that has the name of the model itself. */
function freeOf(model: string): string {
  const own = `${nameOfModel(model)}.json`;
  return path.resolve(own) === path.resolve(model) ? `${nameOfModel(model)}.skipwire.json` : own;
}

/** Adds `convert <from> <to>`. */
export function registerConvertCommand(program: Command): void {
  program
    .command('convert <from> <to>')
    .description(
      'turn one format into another, by the endings: .onnx, .keras, .h5, .json and run folders into .json, .onnx and .py',
    )
    .addOption(
      new Option('--framework <name>', 'of source code (.py); a file that ends in .keras.py is for Keras').choices(
        SourceFramework.options,
      ),
    )
    .option('--size <name=n>', 'the size of an axis that a model leaves open; may be given again', collectSize)
    .option('--json', 'one JSON object')
    .action((from: string, to: string, options: ConvertOptions) => tellingProblems(() => convert(from, to, options)));
}

async function convert(from: string, to: string, { size, framework, json = false }: ConvertOptions): Promise<void> {
  const ending = path.extname(to).toLowerCase();
  if (!['.json', '.onnx', '.py'].includes(ending)) {
    throw new HostFailure({
      code: 'convert/format',
      message: `Nothing is known of files that end in "${ending}".`,
      expected: '.json, .onnx or .py',
      received: to,
    });
  }
  const isModel = await isModelFile(from);
  if (isModel && ending === '.json') {
    await importModel(from, { out: to, json, ...(size === undefined ? {} : { size }) });
    return;
  }
  // A model passes through a document that nobody needs afterwards.
  const aside = isModel ? await mkdtemp(path.join(process.cwd(), '.skipwire-convert-')) : undefined;
  try {
    const source =
      aside === undefined
        ? await openRunOrDocument(from)
        : {
            document: (
              await importModelFile({
                file: path.resolve(from),
                document: path.join(aside, 'model.json'),
                workspace: process.cwd(),
                overwrite: true,
                ...(size === undefined ? {} : { sizes: size }),
              })
            ).document,
            runFolder: null,
          };
    tell(await written(source, path.resolve(to), framework ?? frameworkOf(to)), to, json);
  } finally {
    if (aside !== undefined) await rm(aside, { recursive: true, force: true });
  }
}

/** `network.keras.py` is for Keras; any other source is for PyTorch. */
function frameworkOf(file: string): SourceFramework {
  return /\.keras\.py$/i.test(file) ? 'keras' : 'pytorch';
}

async function written(
  source: Awaited<ReturnType<typeof openRunOrDocument>>,
  file: string,
  framework: SourceFramework,
): Promise<Readonly<Record<string, unknown>>> {
  const ending = path.extname(file).toLowerCase();
  if (ending === '.json') {
    await writeAtomically(file, serializeDocument(source.document));
    return { path: file };
  }
  if (ending === '.py')
    return { ...(await exportSourceFile({ ...source, framework, file, overwrite: true, training: null })) };
  const engine = createEngineClient();
  try {
    return await exportOnnxFile({ ...source, file, overwrite: true }, { engine });
  } finally {
    await engine.dispose();
  }
}

function tell(done: Readonly<Record<string, unknown>>, to: string, json: boolean): void {
  console.log(json ? JSON.stringify(done) : `Wrote ${to}.`);
}

function collectSize(text: string, before: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, number> {
  const [name = '', size] = text.split(/=(?=\d+$)/);
  const value = Number(size);
  if (name === '' || !Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a name, "=" and a whole number: height=224.');
  }
  return new Map([...before, [name, value]]);
}
