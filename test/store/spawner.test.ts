import path from 'node:path';
import { compile, runModule } from '../support/compiled.ts';
import { makeRepository, withHub } from '../support/repository.ts';

const SCRIPT = `
  import { startSpawner } from './store/spawner.js';
  import { git } from './store/git.js';
  import { run } from './store/run.js';
  const [gitDir] = process.argv.slice(1);
  const spawner = await startSpawner();
  const parent = async () => String((await run({ file: 'sh', args: ['-c', 'ps -o ppid= -p $$'], env: { PATH: process.env.PATH }, limit: 99 })).stdout).trim();
  const attempt = (promise) => promise.then(() => 'fine', (error) => error.name + ' ' + (error.code ?? ''));
  const helper = await parent();
  const said = {
    elsewhere: helper !== String(process.pid),
    bytes: (await git(['hash-object', '--stdin'], { gitDir, input: Buffer.from([0, 255, 10]) })).stdout.toString().trim(),
    failed: await attempt(git(['rev-parse', '--verify', 'none'], { gitDir })),
    missing: await attempt(git(['version'], { gitDir, cwd: '/nowhere' })),
    aborted: await attempt(git(['-c', 'alias.wait=!sleep 60', 'wait'], { gitDir, signal: AbortSignal.timeout(50) })),
    limited: await attempt(git(['help', '-a'], { gitDir, limit: 10 })),
  };
  const waiting = attempt(git(['-c', 'alias.wait=!sleep 2', 'wait'], { gitDir }));
  process.kill(Number(helper), 'SIGKILL');
  said.died = await waiting;
  said.after = (await parent()) === String(process.pid);
  await spawner.close();
  const again = await startSpawner();
  said.again = (await parent()) !== String(process.pid);
  console.log(JSON.stringify(said));`;

describe('the helper that starts processes', () => {
  test('does what this process would do, and its death costs only what it was doing', () =>
    withHub(async (_, dir) => {
      const repo = path.join(dir, 'repo');
      await makeRepository(repo);
      const code = path.join(dir, 'code');
      await compile(['domain', 'store'], code);
      expect(JSON.parse(await runModule(code, SCRIPT, [path.join(repo, '.git')]))).toEqual({
        elsewhere: true,
        bytes: '506cd141ad4a679eee22d6a21dd267cca5734b92',
        failed: 'GitError 128',
        missing: 'GitError ',
        aborted: 'TimeoutError 23',
        limited: 'GitError ',
        died: 'Error ',
        after: true,
        again: true,
      });
    }));
});
