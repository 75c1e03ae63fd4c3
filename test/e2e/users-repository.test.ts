import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bash, submitResult } from '../support/replies.ts';
import { fingerprint, sh } from '../support/repository.ts';
import { installTraps } from '../support/traps.ts';
import { until } from '../support/server.ts';
import { withApi } from '../support/api.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';

const FILES = {
  '.gitattributes': '* filter=trap diff=trap merge=trap\n',
  'readme.md': 'hello\n',
  'src/app.txt': 'one\n',
};

/** What delivery may write in a repository: its own branch, and that branch's log. */
const isDelivery = (name: string): boolean => /^\.git\/(logs\/)?refs\/heads\/tutti\//.test(name);

test('no hook, filter or monitor of a source runs, and all of it but the result branch stays byte for byte', () =>
  withTraces((dir) =>
    withApi({ files: FILES }, async (api, { repo }) => {
      await sh(
        repo,
        `git branch other; git tag v1; echo staged > staged.txt; git add staged.txt
         echo changed >> readme.md; echo untracked > untracked.txt; chmod +x src/app.txt`,
      );
      const { sprung } = await installTraps(repo, dir);
      const before = await fingerprint(repo);
      const client = api.as();
      const { job_id, warnings } = await client.submit({
        body: {
          title: 'Change it',
          description: 'Change it.',
          provider: 'outline',
          repository: repo,
          plan: {
            tasks: [
              { title: 'One', instructions: '```sh\necho two >> src/app.txt; ls\n```', checks: ['k'] },
              { title: 'Two', instructions: '```sh\necho new > new.txt\n```' },
              { title: 'Three', instructions: '```sh\ncat new.txt > third.txt\n```', depends_on: ['t2'] },
            ],
            checks: [{ check_id: 'k', command: 'grep -q two src/app.txt' }],
          },
          auto_approve: true,
        },
      });
      expect(warnings.join()).toContain('4');
      const ended = await client.status({ job_id, until: 'completed', wait_s: 50 });
      expect(ended).toMatchObject({ state: 'completed', delivery: { state: 'delivered' } });
      await api.request('GET', `/orchestrate/${job_id}/diff`);
      expect(await sprung()).toEqual([]);

      const after = await fingerprint(repo);
      const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
        (name) => before[name] !== after[name],
      );
      expect(changed.filter((name) => !isDelivery(name))).toEqual([]);
      expect(changed).toContain(`.git/refs/heads/tutti/${job_id}`);
      const plain = 'git -c core.fsmonitor=false -c core.hooksPath=/dev/null';
      expect(await sh(repo, `${plain} cat-file -p tutti/${job_id}:third.txt`)).toBe('new');
      expect(await sh(repo, `${plain} rev-list --count main..tutti/${job_id}`)).toBe('3');
    }),
  ));

test('a result branch that is checked out is held, and status says so', () => {
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  return withModelEndpoint(
    async (request) => {
      const second = request.firstText.includes('Your task: Second\n');
      if (second && request.turn === 0) await gate;
      return request.turn === 0 ? bash(`echo x > ${second ? 'second' : 'first'}.txt`) : submitResult();
    },
    (endpoint) =>
      withApi(
        { env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: endpoint.url } },
        async (api, { repo }) => {
          const client = api.as();
          const { job_id } = await client.submit({
            body: {
              title: 'Hold',
              description: 'Hold it.',
              provider: 'anthropic',
              repository: repo,
              plan: { tasks: [{ title: 'First' }, { title: 'Second', depends_on: ['t1'] }] },
              auto_approve: true,
            },
          });
          await until(
            async () => (await client.status({ job_id })).progress.completed === 1,
            'the first merge',
          );
          await sh(repo, `git checkout -q tutti/${job_id}; echo mine >> readme.md`);
          const before = await fingerprint(repo);
          const { delivery } = await client.status({ job_id });
          expect(delivery).toMatchObject({ branch: `tutti/${job_id}`, state: 'delivered' });
          open();
          const ended = await client.status({ job_id, until: 'completed', wait_s: 50 });
          expect(ended).toMatchObject({
            state: 'completed',
            delivery: {
              branch: `tutti/${job_id}`,
              state: 'held',
              reason: expect.stringContaining('checked out'),
            },
          });
          expect(await fingerprint(repo)).toEqual(before);
          expect(await client.diff({ job_id })).toContain('second.txt');
        },
      ),
  );
});

async function withTraces(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tutti-traces-'));
  try {
    await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
