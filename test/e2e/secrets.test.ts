import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { bash, submitPlan, submitResult } from '../support/replies.ts';
import { run, tutti } from '../support/program.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';
import { withServer } from '../support/server.ts';

const SECRETS = {
  ANTHROPIC_API_KEY: 'sk-ant-canary-0123456789abcdef',
  OPENAI_API_KEY: 'sk-oai-canary-0123456789abcdef',
  TUTTI_ADMIN_TOKEN: 'admin-canary-0123456789abcdef',
};
const NOSY =
  'env; cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr "\\0" "\\n"; ls -a ~ /root /home 2>&1';

test(
  'no secret of the server is in its stores, its logs, or the environment of a command',
  () =>
    withModelEndpoint(
      [
        {
          tool: 'submit_plan',
          turns: [bash(NOSY), submitPlan([{ title: 'Look around' }, { title: 'Fail' }])],
        },
        { when: 'Look around', turns: [bash(NOSY), submitResult()] },
        // An endpoint that repeats the key in its error.
        {
          when: 'Your task: Fail',
          turns: [{ status: 401, message: `invalid key ${SECRETS.ANTHROPIC_API_KEY}` }],
        },
      ],
      (endpoint) =>
        withServer({ env: { ...SECRETS, ANTHROPIC_BASE_URL: endpoint.url } }, async (server) => {
          const submitted = await server.client.submit({
            body: { title: 'Snoop', description: 'Look.', provider: 'anthropic', auto_approve: true },
          });
          const { job_id } = submitted;
          const status = await server.client.status({ job_id, until: 'needs_attention', wait_s: 50 });
          expect(status.tasks).toMatchObject([
            { state: 'completed' },
            { state: 'failed', error: { detail: expect.stringContaining('[key]') } },
          ]);
          // What the commands saw came back to the model, so it was really looked for.
          const seen = endpoint.requests.map(({ body }) => JSON.stringify(body)).join();
          expect(seen).toContain('PATH=');
          const shown = await Promise.all([
            tutti(server, 'config'),
            tutti(server, 'doctor'),
            tutti(server, 'status', job_id, '--json'),
            tutti(server, 'logs', 't1', '--json'),
          ]);
          const workers = server.pids().flatMap((pid) => environmentOfWorkspace(pid));
          expect(workers.length).toBeGreaterThan(0);
          const hubs = readdirSync(path.join(server.home, 'hubs')).map((name) =>
            path.join(server.home, 'hubs', name),
          );
          const objects = await Promise.all(hubs.map((dir) => objectsOf(dir, server.env)));
          expect(await server.stop('SIGTERM')).toBe(0);
          const places = {
            conversations: seen,
            output: server.output(),
            commands: JSON.stringify(shown),
            workers: workers.join(),
            hubs: objects.join(),
            ...filesOf(server.home),
          };
          expect(Object.keys(places).filter((name) => name.includes('tutti.db')).length).toBeGreaterThan(0);
          const found = Object.entries(places).flatMap(([place, text]) =>
            Object.entries(SECRETS).flatMap(([name, value]) =>
              text.includes(value) ? [`${name} in ${place}`] : [],
            ),
          );
          expect(found).toEqual([]);
        }),
    ),
  120_000,
);

/** The environment of a process, where it is a workspace worker. */
function environmentOfWorkspace(pid: number): string[] {
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  return /worker\0--role\0workspace/.test(command) ? [readFileSync(`/proc/${pid}/environ`, 'utf8')] : [];
}

/** Every object of a hub, unpacked. */
async function objectsOf(dir: string, env: NodeJS.ProcessEnv): Promise<string> {
  const args = ['cat-file', '--batch-all-objects', '--batch', '--buffer'] as const;
  const { code, stdout } = await run(['git', '--git-dir', dir, ...args], { cwd: dir, env });
  expect(code).toBe(0);
  return stdout;
}

/** Every file below a folder, by its path. */
function filesOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const names = entries.map((entry) => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(name, 'latin1')]));
}
