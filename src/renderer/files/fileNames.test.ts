import { expect, test } from 'vitest';
import { fileNameFor, folderOf, nameOf, pathForName, siblingPath } from './fileNames.ts';

test.each([
  ['Untitled network', 'untitled-network.json'],
  ['ResNet-20 (option A)', 'resnet-20-option-a.json'],
  ['Réseau résiduel', 'reseau-residuel.json'],
  ['日本', 'network.json'],
  ['../../etc/passwd', 'etc-passwd.json'],
])('%j is kept as %j', (name, file) => expect(fileNameFor(name, '.json')).toBe(file));

test('the extension is added once', () => {
  expect(pathForName('', 'net', '.json')).toEqual({ ok: true, path: 'net.json' });
  expect(pathForName('models', 'Net.JSON', '.json')).toEqual({ ok: true, path: 'models/Net.JSON' });
  expect(pathForName('', 'sub/net', '.onnx')).toEqual({ ok: true, path: 'sub/net.onnx' });
});

test.each(['', '   ', '../net', '/etc/net', 'a//b', 'a\\b', 'what?', 'C:net'])('%j is refused in words', (name) => {
  expect(pathForName('', name, '.json')).toMatchObject({ ok: false });
});

test('paths come apart', () => {
  expect([folderOf('a/b/net.json'), folderOf('net.json')]).toEqual(['a/b', '']);
  expect([nameOf('a/b/net.json'), nameOf('net.json')]).toEqual(['net.json', 'net.json']);
});

test('copies are numbered', () => {
  expect(siblingPath('net.json')).toBe('net-2.json');
  expect(siblingPath('a/net-2.json')).toBe('a/net-3.json');
  expect(siblingPath('resnet')).toBe('resnet-2');
});
