/** `npm run verify:pytorch`: what takes too long for every change, with the network library as a whole compared with PyTorch. */
process.env['SKIPWIRE_VERIFY'] = 'all';
if (process.argv.length === 2) process.argv.push('tests/pytorch');
await import('./test.mjs');
