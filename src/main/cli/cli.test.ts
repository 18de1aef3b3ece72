import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeSafetensors } from '../../graph-engine/targets/safetensors/safetensors.ts';
import { productRoot } from '../files/productRoot.ts';
import { readCheckpoint } from '../training/checkpoints.ts';

// Real programs and trainings, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

const cli = path.join(productRoot, 'dist', 'main', 'cli.js');
const template = (name: string): string => path.join(productRoot, 'templates', 'networks', `${name}.json`);

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-cli-'))));
afterAll(() => rm(folder, { recursive: true }));

interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function skipwire(...given: string[]): Promise<Done> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...given], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const lastLine = (text: string): Record<string, unknown> =>
  JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;

/** Writes a changed copy of the first network. */
async function changed(name: string, change: (text: string) => string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, change(await readFile(template('first-residual'), 'utf8')));
  return file;
}

describe('export', () => {
  test('writes PyTorch source and its weights', async () => {
    const { code, stdout } = await skipwire('export', template('resnet-20'), '--pytorch', 'resnet_20.py', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ className: 'ResNet20', weights: 'initial' });
    expect(await readFile(path.join(folder, 'resnet_20.py'), 'utf8')).toContain('class ResNet20(nn.Module):');
    const weights = decodeSafetensors(await readFile(path.join(folder, 'resnet_20.safetensors')));
    expect(weights.ok && weights.value.tensors['stage2.0.conv1.weight']?.dims).toEqual([32, 16, 3, 3]);
  });

  test('writes Keras source and the run as a script, with its samples', async () => {
    const options = ['--keras', 'resnet.py', '--training', '--json'];
    const { code, stdout } = await skipwire('export', template('first-residual'), ...options);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ className: 'FirstResidualNetwork', notices: [] });
    expect(await readFile(path.join(folder, 'resnet_train.py'), 'utf8')).toContain('from resnet import create_model');
    const data = decodeSafetensors(await readFile(path.join(folder, 'resnet_data.safetensors')));
    expect(data.ok && data.value.tensors['image']?.dims).toEqual([1797, 8, 8, 1]);
  });

  test('asks what to write', async () => {
    const { code, stderr } = await skipwire('export', template('resnet-20'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/--onnx.*--pytorch/);
  });
});

describe('summary and check', () => {
  test('count what the paper counts', async () => {
    const { code, stdout } = await skipwire('summary', template('resnet-20'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'ResNet-20',
      parameters: 269_722,
      trainableParameters: 269_722,
      // Four bytes for each value handed on: the input, 3 ops at the stem, 7 a block at 16×32², 32×16² and 64×8², the slices
      // and zeros of two skips (option A), and the head.
      activationBytes: 4 * (3072 + 3 * 16_384 + 21 * (16_384 + 8192 + 4096) + 4096 + 8192 + 2048 + 4096 + 64 + 10 + 20),
      advice: [{ code: 'advice/zero-scale', source: expect.stringContaining('Goyal et al. 2017') as string }],
    });
    const table = await skipwire('summary', template('resnet-20'));
    expect(table.stdout).toMatch(/stage3 +residual-basic × 3 +8×8×64 .* \d+ kB$/m);
    expect(table.stdout).toContain('2.69 MB of activations for one example');
    expect(table.stdout).toMatch(/^advice: .*bn2: .*Started at 0/m);
  });

  test('a good network has no errors; what would train better is told with its paper', async () => {
    const { code, stdout, stderr } = await skipwire('check', template('resnet-20'));
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'No errors, 1 piece of advice.\n' });
    expect(stderr).toMatch(/^advice: .*Started at 0[^]*arXiv 1706.02677/);
    expect(await skipwire('check', template('vgg-11-bn'))).toMatchObject({ code: 0, stdout: 'No errors.\n' });
  });

  test('mismatched shapes are told with their place, what was expected and what came', async () => {
    const file = await changed('mismatch.json', (text) =>
      text.replace('"bias": false, "filters": 32', '"bias": false, "filters": 16'),
    );
    const { code, stderr } = await skipwire('check', file);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: add/m);
    expect(stderr).toMatch(/^advice: add: .*option B[^]*arXiv 1512.03385/m);
    expect(stderr).toMatch(/expected .*received /);
    expect(stderr).not.toContain('    at ');
  });

  test.each([
    ['a newer version', (text: string) => text.replace('document@1', 'document@99'), /newer|99/],
    ['broken JSON', (text: string) => text.slice(0, 700), /line \d+/],
    ['an unknown op', (text: string) => text.replace('"conv2d"', '"convolve"'), /convolve/],
  ])('%s is refused in words', async (name, change, words) => {
    const file = await changed(`${name.replaceAll(' ', '-')}.json`, change);
    for (const command of ['check', 'train']) {
      const { code, stderr } = await skipwire(command, file);
      expect(code).toBe(1);
      expect(stderr).toMatch(words);
      expect(stderr).not.toContain('    at ');
    }
  });
});

test('twin writes the network without its skips, once, and says why a plain one has none', async () => {
  const { code, stdout } = await skipwire('twin', template('resnet-20'), '-o', 'plain.json');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'Removed 9 skip connections: 269,722 parameters as before.\nWrote plain.json.\n',
  });
  const again = await skipwire('twin', 'plain.json');
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/"Plain twin of ResNet-20" has no skip connection[^]*received: no Add[^]*Draw a skip/);
});

describe('a wrong command line', () => {
  test.each([
    [['train', '--epochs', 'many'], 2],
    [['frobnicate'], 2],
    [['train'], 2],
    [['--help'], 0],
    [['--version'], 0],
  ])('%j ends with code %i', async (given, code) => {
    const done = await skipwire(...given);
    expect(done.code).toBe(code);
    expect(done.stderr).not.toContain('    at ');
  });

  test.each([
    [['--data', 'mnist'], /digits or shapes/],
    [['--epochs', '0'], /epochs/],
    [['--learning-rate', '-1'], /learningRate/],
  ])('%j is refused before anything is written', async (given, words) => {
    const out = path.join(folder, 'never');
    const done = await skipwire('train', template('first-residual'), '--out', out, ...given);
    expect(done.code).toBe(1);
    expect(done.stderr).toMatch(words);
    expect(await readdir(folder)).not.toContain('never');
  });

  test('a folder that is in use or cannot be written is refused before the training', async () => {
    const used = path.join(folder, 'used');
    await mkdir(used);
    await writeFile(path.join(used, 'thesis.tex'), 'precious');
    const inUse = await skipwire('train', template('first-residual'), '--out', used);
    expect([inUse.code, inUse.stderr]).toEqual([1, expect.stringContaining('is not empty')]);
    expect(await readdir(used)).toEqual(['thesis.tex']);
    for (const unwritable of ['/sys/skipwire-run', path.join(used, 'thesis.tex', 'run')]) {
      const done = await skipwire('train', template('first-residual'), '--out', unwritable);
      expect(done.code).toBe(1);
      expect(done.stderr).toMatch(/denied|read-only|file where a folder/);
      expect(done.stderr).not.toContain('    at ');
    }
  });
});

describe('train and export', () => {
  test('from the drawing to a verified ONNX file', async () => {
    const out = path.join(folder, 'first');
    const trained = await skipwire('train', template('first-residual'), '--epochs', '6', '--out', out, '--json');
    expect(trained.stderr).toBe('');
    expect(trained.code).toBe(0);
    const lines = trained.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string });
    expect(lines.filter(({ kind }) => kind === 'epoch').length).toBe(6);
    const end = lastLine(trained.stdout);
    expect(end).toMatchObject({ kind: 'end', status: 'finished', epochs: 6, run: out });
    for (const key of ['trainLoss', 'validationLoss', 'validationAccuracy', 'samplesPerSecond']) {
      expect(end[key]).toBeGreaterThan(0);
    }
    expect(end['validationAccuracy']).toBeGreaterThan(0.9);

    const evaluated = await skipwire('evaluate', out, '--json');
    const epochs = lines.filter((line) => 'best' in line && line.best === true);
    const report = lastLine(evaluated.stdout);
    // The same samples and weights that the training measured by the sums of its batches.
    expect(report['accuracy']).toBeCloseTo(Number((epochs.at(-1) as Record<string, unknown>)['validationAccuracy']), 9);
    expect(report['worst']).toHaveLength(5);
    expect((await skipwire('evaluate', out, '--part', 'test')).stderr).toMatch(/no samples for a test/);

    const exported = await skipwire('export', out, '--onnx', 'first.onnx', '--json');
    expect(exported.stderr).toBe('');
    expect(JSON.parse(exported.stdout)).toMatchObject({ weights: 'trained', verification: { status: 'verified' } });
    const words = await skipwire('export', template('first-residual'), '--onnx', 'initial.onnx');
    expect(words.stdout).toMatch(/initial weights\.\nVerified with .*max difference/);
  });

  test('without a terminal, progress is one line an epoch', async () => {
    const { stdout } = await skipwire('train', template('first-residual'), '--epochs', '2', '--out', 'plain');
    expect(stdout).toMatch(
      /^epoch 1\/2 · loss .*samples\/s.*\nepoch 2\/2 .*\nFinished\.\nBest weights: .*\nEngine: .*\nRun: plain\n$/,
    );
  });

  /** Starts a long training and waits until it is well under way. */
  async function startTraining(out: string): Promise<{ child: ChildProcess; output: () => string }> {
    const given = [cli, 'train', template('first-residual'), '--epochs', '500', '--out', out, '--json'];
    const child = spawn(process.execPath, given, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8');
    await new Promise<void>((resolve) =>
      child.stdout.on('data', (text: string) => {
        output += text;
        if (output.includes('"kind":"epoch"')) resolve();
      }),
    );
    return { child, output: () => output };
  }

  test('a reader that has seen enough ends it without a stack trace', async () => {
    const given = `"${process.execPath}" "${cli}" train "${template('first-residual')}" --epochs 500 --out piped --json | head -1`;
    const done = await new Promise<string>((resolve) =>
      execFile('sh', ['-c', given], { cwd: folder }, (_, stdout, stderr) => resolve(stdout + stderr)),
    );
    expect(JSON.parse(done)).toMatchObject({ kind: 'step' });
  });

  test('Ctrl-C ends it in order: best weights, a valid folder, the place, code 130', async () => {
    const out = path.join(folder, 'stopped');
    const { child, output } = await startTraining(out);
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(130);
    expect(lastLine(output())).toMatchObject({ kind: 'end', status: 'stopped', run: out });
    expect(await readCheckpoint(path.join(out, 'checkpoints', 'best.safetensors'))).toBeTruthy();
    expect((await skipwire('export', out, '--onnx', 'stopped.onnx', '--json')).stdout).toContain('"verified"');
  });

  test('kill -9 leaves weights that can be exported, and the engine process does not stay', async () => {
    const out = path.join(folder, 'killed');
    const { child } = await startTraining(out);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect((await skipwire('export', out, '--onnx', 'killed.onnx', '--json')).stdout).toContain('"trained"');
    expect(await readCheckpoint(path.join(out, 'checkpoints', 'last.safetensors'))).toBeTruthy();
  });
});

describe('serve', () => {
  /** Starts a server and reads the address it prints. */
  async function serve(...given: string[]): Promise<{ child: ChildProcess; address: URL; stderr: () => string }> {
    const child = spawn(process.execPath, [cli, 'serve', '--workspace', path.join(folder, 'work'), ...given]);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    for await (const line of createInterface(child.stdout)) {
      const address = /^Skipwire is at (\S+)$/.exec(line)?.[1];
      if (address !== undefined) return { child, address: new URL(address), stderr: () => stderr };
    }
    throw new Error(`The server ended: ${stderr}`);
  }

  async function end(child: ChildProcess): Promise<number> {
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    return code;
  }

  test('prints an address with a token of 192 bits, makes the workspace, and ends with Ctrl-C', async () => {
    const { child, address } = await serve('--port', '0');
    expect(address.hostname).toBe('127.0.0.1');
    expect(address.hash).toMatch(/^#token=[\w-]{32}$/);
    expect((await fetch(new URL('/', address))).status).toBe(200);
    expect(await readdir(path.join(folder, 'work'))).toEqual([]);
    expect(await end(child)).toBe(0);
  });

  test('a port that was asked for and is taken is a problem; otherwise another one is taken', async () => {
    const port = 4747;
    const other = createServer();
    // Another program of this machine may have the usual port already: that is as good.
    const listening = await new Promise<boolean>((resolve) => {
      other.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    const refused = await skipwire('serve', '--workspace', path.join(folder, 'work'), '--port', String(port));
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`Port ${port} is taken`)]);
    const { child, address, stderr } = await serve();
    expect(Number(address.port)).not.toBe(port);
    expect(await end(child)).toBe(0);
    expect(stderr()).toContain(`Port ${port} is taken`);
    if (listening) other.close();
  });
});

describe('diff', () => {
  test('what differs is told in words, as JSON, and against a version in git', async () => {
    const after = await changed('diff.json', (text) => text.replace('"filters": 32', '"filters": 48'));
    const words = await skipwire('diff', template('first-residual'), after);
    expect(words).toMatchObject({ code: 0, stderr: '' });
    expect(words.stdout).toMatch(/^ {2}~ conv1 \(Conv2D\): filters 32 → 48$/m);

    const json = await skipwire('diff', template('first-residual'), after, '--json', '--exit-code');
    expect(json.code).toBe(6);
    expect(lastLine(json.stdout)).toMatchObject({ graphs: [{ nodes: [{ id: 'conv1', kind: 'changed' }] }] });

    const git = (...words: string[]): void => {
      const who = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.org'];
      execFileSync('git', ['-C', folder, ...who, ...words], { stdio: 'ignore' });
    };
    git('init');
    git('add', 'diff.json');
    git('commit', '-m', 'Widen');
    await writeFile(after, await readFile(template('first-residual'), 'utf8'));
    const versions = await skipwire('diff', 'HEAD:diff.json', 'diff.json');
    expect(versions.stdout).toMatch(/^ {2}~ conv1 \(Conv2D\): filters 48 → 32$/m);
    const same = await skipwire('diff', 'diff.json', template('first-residual'), '--exit-code');
    expect(same).toMatchObject({ code: 0, stdout: 'Nothing differs.\n' });
    const absent = await skipwire('diff', 'HEAD~9:diff.json', 'diff.json');
    expect(absent.code).toBe(1);
    expect(absent.stderr).toMatch(/^git says: /);
  });
});

test('a run is listed, shown, and continued from its best checkpoint by a run of its own', async () => {
  const parent = path.join(folder, 'lineage', 'parent');
  const trained = await skipwire('train', template('first-residual'), '--epochs', '1', '--out', parent);
  expect(trained.code).toBe(0);
  const refused = await skipwire('train', '--resume', parent, '--epochs', '3');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--from begins a new one')]);
  const tooFew = await skipwire('train', '--from', parent, '--out', path.join(folder, 'never'));
  expect([tooFew.code, tooFew.stderr]).toEqual([1, expect.stringContaining('Raise the number of epochs')]);

  const child = path.join(folder, 'lineage', 'child');
  const continued = await skipwire('train', '--from', `${parent}:best`, '--epochs', '2', '--out', child);
  expect(continued.code).toBe(0);
  const listed = await skipwire('runs', 'list', path.join(folder, 'lineage'));
  expect(listed.stdout).toMatch(/child +finished +2\/2[^]*parent +finished +1\/1/);
  const shown = await skipwire('runs', 'show', child, '--json');
  expect(JSON.parse(shown.stdout)).toMatchObject({
    id: 'child',
    parent: { run: 'parent', checkpoint: 'best', step: 45, epoch: 1 },
    checkpoints: [
      { name: 'last', step: 90, epoch: 2 },
      { name: 'best', step: 90, epoch: 2 },
      { name: 'start', step: 45, epoch: 1 },
    ],
  });
});
