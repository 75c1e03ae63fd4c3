import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { sh } from '../support/repository.ts';
import { PROGRAM, until, withServer } from '../support/server.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';
import type { EndpointReply, ModelEndpoint } from '../support/model-endpoint.ts';
import type { Server } from '../support/server.ts';

const TURNS = 12;
const agent: EndpointReply[] = [
  ...Array.from({ length: TURNS }, (_, turn) => ({
    delay_ms: 100,
    calls: [{ name: 'bash', input: { command: `echo ${turn} >> lines.txt; sleep 0.1` } }],
  })),
  { calls: [{ name: 'submit_result', input: { summary: 'Done.', confidence: 0.9 } }] },
];

const plan = {
  summary: 'One task.',
  tasks: [{ title: 'Count the lines', instructions: 'Count.', checks: ['k1'] }],
  checks: [{ check_id: 'k1', kind: 'command' as const, command: `test "$(wc -l < lines.txt)" = ${TURNS}` }],
};

const withJob = (use: (server: Server, endpoint: ModelEndpoint, jobId: string) => Promise<void>) =>
  withModelEndpoint([{ when: 'Count the lines', turns: agent }], (endpoint) =>
    withServer(
      { env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: endpoint.url } },
      async (server) => {
        const { job_id: jobId } = await server.client.submit({
          key: 'one-submit',
          body: { title: 'Lines', description: 'Write lines.', plan, auto_approve: true },
        });
        await until(() => endpoint.requests.length >= 4, 'the task to be in the middle');
        await use(server, endpoint, jobId);
      },
    ),
  );

/** Everything is as in a run without faults: one attempt, each line once, every answer that arrived bought once. */
async function expectAsWithoutFaults(server: Server, endpoint: ModelEndpoint, jobId: string): Promise<void> {
  const status = await until(async () => {
    const now = await server.client.status({ job_id: jobId }).catch(() => null);
    return now?.state === 'completed' || now?.state === 'needs_attention' ? now : null;
  }, 'the job to end');
  expect(status).toMatchObject({ state: 'completed', tasks: [{ state: 'completed', attempt: 1 }] });
  const lines = await sh(server.repo, `git show tutti/${jobId}:lines.txt`);
  expect(lines.split('\n')).toEqual(Array.from({ length: TURNS }, (_, turn) => String(turn)));
  const answered = endpoint.requests.filter((request) => request.answered).map((request) => request.turn);
  expect(new Set(answered).size).toBe(TURNS + 1);
}

test(
  'kill -9 of everything in the middle of a task: the job goes on at the next start and is as without it',
  () =>
    withJob(async (server, endpoint, jobId) => {
      await server.killAll();
      const before = endpoint.requests.length;
      await server.start();
      await expectAsWithoutFaults(server, endpoint, jobId);
      expect(endpoint.requests.length - before).toBeLessThanOrEqual(TURNS + 1 - (before - 1));
      const again = await server.client.submit({
        key: 'one-submit',
        body: { title: 'Lines', description: 'Write lines.', plan, auto_approve: true },
      });
      expect(again.job_id).toBe(jobId);
    }),
  180_000,
);

test(
  'SIGTERM stops the server cleanly and the next start goes on',
  () =>
    withJob(async (server, endpoint, jobId) => {
      const began = Date.now();
      expect(await server.stop('SIGTERM')).toBe(0);
      expect(Date.now() - began).toBeLessThan(15_000);
      await server.start();
      await expectAsWithoutFaults(server, endpoint, jobId);
    }),
  180_000,
);

test(
  'a workspace worker that is stopped past its heartbeat, replaced and woken changes nothing',
  () =>
    withJob(async (server, endpoint, jobId) => {
      const frozen = await until(() => server.pids().find((pid) => isWorkspaceWorker(pid)), 'the worker');
      process.kill(frozen, 'SIGSTOP');
      const env = environmentOf(frozen);
      const replacement = spawn(process.execPath, [PROGRAM, 'worker', '--role', 'workspace'], {
        env,
        stdio: 'ignore',
      });
      try {
        const before = endpoint.requests.length;
        await until(() => endpoint.requests.length > before + 1, 'the replacement to go on', 120);
        process.kill(frozen, 'SIGCONT');
        await expectAsWithoutFaults(server, endpoint, jobId);
      } finally {
        replacement.kill('SIGKILL');
      }
    }),
  240_000,
);

const isWorkspaceWorker = (pid: number): boolean =>
  /worker\0--role\0workspace/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));

/** How the worker was started: where its Temporal server is, and in which home. Its channel to the supervisor is its own. */
const environmentOf = (pid: number): NodeJS.ProcessEnv =>
  Object.fromEntries(
    readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .filter((line) => line.includes('=') && !line.startsWith('NODE_CHANNEL'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
