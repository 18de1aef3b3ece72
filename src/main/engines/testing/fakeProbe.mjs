/* What engines may do when they are tried out; the variable SKIPWIRE_FAKE says which. */
const reply = {
  state: 'passed',
  measurement: { name: 'Fake 1.0', threads: 1, device: { name: 'A device', kind: 'graphics' }, gflops: 12 },
};
switch (process.env['SKIPWIRE_FAKE']) {
  case 'crash':
    console.error('a kernel went astray');
    process.kill(process.pid, 'SIGSEGV');
    break;
  case 'hang':
    setInterval(() => undefined, 1000);
    break;
  case 'missing-library':
    console.error('libcudnn.so.9: cannot open shared object file');
    process.exit(127);
    break;
  case 'chatter':
    console.log('I0000 00:00:01 a library says hello');
    console.log(JSON.stringify(reply));
    break;
  default:
    console.log('{"state":"passed"');
}
