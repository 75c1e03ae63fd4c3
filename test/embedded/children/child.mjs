import { spawn } from 'node:child_process';

// A supervised process for tests: argv[2] says how it behaves.
const [, , mode, note] = process.argv;
process.stdout.write(`${mode} ${process.pid}\n`);

if (mode === 'dies') {
  process.stderr.write('cannot read the plan\n');
  process.exit(3);
}
if (mode === 'serves') process.on('SIGTERM', () => process.exit(0));
if (mode === 'stubborn') process.on('SIGTERM', () => process.stdout.write('not yet\n'));
if (mode === 'leaves-one-behind') {
  const left = spawn('sleep', ['60'], { detached: true, stdio: 'inherit' });
  process.stdout.write(`left ${left.pid}\n`, () => process.kill(process.pid, 'SIGKILL'));
}
if (mode === 'environment')
  process.stdout.write(`${JSON.stringify([note, process.env.COLOUR, process.cwd()])}\n`);

process.send?.({ ready: true });
setInterval(() => {}, 60_000);
