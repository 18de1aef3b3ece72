import { expect, test } from 'vitest';
import { agreeToRunPython } from './agreeToRunPython.ts';

test('code that is not ours runs only when that was said: nobody is asked where nobody is there', async () => {
  await expect(agreeToRunPython('timm:resnet18', true)).resolves.toBeUndefined();
  if (process.stdin.isTTY) return;
  await expect(agreeToRunPython('timm:resnet18', false)).rejects.toMatchObject({
    problem: { code: 'import/not-agreed', message: /timm:resnet18/, remedy: /--yes/ },
  });
});
