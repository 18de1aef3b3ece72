import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { withHugePages } from './withHugePages.ts';

test('leaves tunables that are set already, after its own', () => {
  expect(withHugePages({ GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' })['GLIBC_TUNABLES']).toBe(
    'glibc.malloc.hugetlb=1:glibc.malloc.hugetlb=0',
  );
  expect(withHugePages({ GLIBC_TUNABLES: '' })['GLIBC_TUNABLES']).toBe('glibc.malloc.hugetlb=1');
});

test('a child starts quietly with it', () => {
  const child = spawnSync(process.execPath, ['-e', 'console.log(process.env.GLIBC_TUNABLES)'], {
    env: withHugePages(process.env),
    encoding: 'utf8',
  });
  expect(child).toMatchObject({ status: 0, stderr: '' });
  expect(child.stdout).toContain('glibc.malloc.hugetlb=1');
});
