import { compile, runModule } from '../support/compiled.ts';
import { PATH, isRunning, until, withWorkspace } from '../support/sandbox-drivers.ts';

const SCRIPT = `
  import { readFileSync } from 'node:fs';
  import { openSandboxAside } from './activities/workspace/sandbox/aside.js';
  const [workspace, path] = process.argv.slice(1);
  const choice = { mode: 'auto', readOnly: [], home: '/nonexistent', path };
  const { sandbox } = await openSandboxAside(choice);
  const limits = { seconds: 20, memoryMb: 1024, outputBytes: 20000, diskMb: 256, processes: 256 };
  const shell = (script, signal) => sandbox.run({ argv: ['/bin/sh', '-c', script], workspace, limits, signal });
  const helper = () => Number(readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim());
  const said = {};
  const { exitCode, output } = await shell('echo here > file; cat file; exit 3');
  Object.assign(said, { exitCode, output });
  said.aborted = (await shell('sleep 60', AbortSignal.timeout(50))).stopped;
  const first = helper();
  const cut = shell('sleep 4711').then(() => 'fine', (error) => error.message);
  await shell('true');
  process.kill(first, 'SIGKILL');
  said.cut = await cut;
  said.after = await Promise.all([shell('echo a'), shell('echo b')]).then((done) => done.map((one) => one.output));
  said.again = helper() !== first;
  console.log(JSON.stringify(said));`;

describe('a sandbox whose commands a helper runs', () => {
  test('does what the sandbox does, and the death of the helper costs only what it was doing', () =>
    withWorkspace(async (workspace, beside) => {
      const code = `${beside}/code`;
      await compile(['domain', 'activities/workspace/sandbox'], code);
      expect(JSON.parse(await runModule(code, SCRIPT, [workspace, PATH]))).toEqual({
        exitCode: 3,
        output: 'here\n',
        aborted: 'aborted',
        cut: 'the helper that runs commands died',
        after: ['a\n', 'b\n'],
        again: true,
      });
      await until(async () => !(await isRunning('sleep 4711')));
    }));
});
