import { spawn } from 'node:child_process';
import { isTerminal } from './io.ts';
import { openSession } from './client/session.ts';
import { printJson, wantsJson } from './invocation.ts';
import { resolveJob } from './client/job-ref.ts';
import { Refusal } from './errors.ts';
import type { Invocation } from './invocation.ts';

/** Prints the address of the job's page in the Temporal UI, and opens it where there is a desktop. */
export async function open(invocation: Invocation): Promise<number> {
  const { io, args, options } = invocation;
  const { client } = openSession(invocation);
  const { job_id, links } = await client.status({ job_id: await resolveJob(client, io, args[0]) });
  const { temporal } = links;
  if (temporal === undefined)
    throw new Refusal(
      `The server does not know where its Temporal UI is (start it with --temporal-ui URL). The workflow is job:${job_id}.`,
    );
  if (wantsJson(options)) printJson(invocation, { job_id, url: temporal });
  else io.stdout.write(`${temporal}\n`);
  if (isTerminal(io, io.stdout) && hasDesktop(io.env) && /^https?:\/\//.test(temporal)) openPage(temporal);
  return 0;
}

const hasDesktop = (env: Invocation['io']['env']): boolean =>
  process.platform === 'darwin' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);

/** What was printed is enough where no program opens it. */
function openPage(url: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
