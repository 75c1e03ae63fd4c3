import { createServer } from 'node:http';
import { ROUTES } from '../../src/contract/routes.ts';
import { JOB, plan, SHA, status } from './samples.ts';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '../../src/contract/route.ts';
import type { RouteName } from '../../src/contract/routes.ts';
import type { WirePlan } from '../../src/contract/plan.ts';
import type { WireStatus } from '../../src/contract/status.ts';

/** A request as it arrived. */
interface Seen {
  readonly route: RouteName;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
}

export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string | Buffer;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that speaks the contract about one job: what it is sent and what it answers fit the schemas. */
export interface FakeApi {
  readonly url: string;
  readonly seen: Seen[];
  /** Requests for a route so far. */
  requests(route: RouteName): Seen[];
  /** The job is like this from now on; whoever follows it is told. */
  become(status: WireStatus): void;
  /** Answers a route in another way than by the job. */
  answer(route: RouteName, reply: (seen: Seen) => Reply): void;
  plan: WirePlan | null;
}

export const problem = (status: number, code: string, detail: string, more: object = {}): Reply => ({
  status,
  json: { type: 'about:blank', title: code, status, code, detail, ...more },
  type: 'application/problem+json',
});

/** A fake API for `use`, closed afterwards. */
export async function withFakeApi<T>(use: (api: FakeApi) => Promise<T>): Promise<T> {
  const seen: Seen[] = [];
  const listeners = new Set<ServerResponse>();
  const others = new Map<RouteName, (seen: Seen) => Reply>();
  let job = status();
  let events = 0;
  const tell = () => {
    events += 1;
    const data = JSON.stringify({ state: job.state, waiting_on: job.waiting_on });
    for (const response of listeners) response.write(`id: ${events}\nevent: job.state\ndata: ${data}\n\n`);
  };
  const server = createServer((request, response) => {
    void receive(request).then((one) => {
      if (one === null) return send(response, problem(404, 'not_found', 'No such route.'));
      seen.push(one);
      const other = others.get(one.route);
      if (one.route === 'events' && other === undefined) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        listeners.add(response);
        request.once('close', () => listeners.delete(response));
        return tell();
      }
      send(response, other?.(one) ?? ownAnswer(one, job, api.plan));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: FakeApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    requests: (route) => seen.filter((one) => one.route === route),
    become(next) {
      job = ROUTES.status.answers[200].json.parse(next);
      tell();
    },
    answer: (route, reply) => void others.set(route, reply),
    plan: plan(),
  };
  try {
    return await use(api);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function receive(request: IncomingMessage): Promise<Seen | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    const pattern = new RegExp(`^${route.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = pattern.exec(pathname);
    if (match === null || route.method !== request.method) continue;
    const text = Buffer.concat(chunks).toString();
    const query = Object.fromEntries(searchParams);
    route.query?.parse(query);
    return { route: name, params: { ...match.groups }, query, body: bodyOf(text), headers: request.headers };
  }
  return null;
}

/** What is not JSON stays a text, and fits no schema. */
function bodyOf(text: string): unknown {
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

function ownAnswer(seen: Seen, job: WireStatus, plan: WirePlan | null): Reply {
  const parsed = (ROUTES[seen.route] as Route).body?.safeParse(seen.body);
  if (parsed?.success === false)
    return problem(422, 'invalid_field', 'The body is wrong.', {
      errors: parsed.error.issues.map((one) => ({ pointer: `/${one.path.join('/')}`, detail: one.message })),
    });
  const id = { job_id: JOB };
  switch (seen.route) {
    case 'submit':
      return { status: 201, json: submitted(job, plan, seen.body as { title: string }) };
    case 'jobs':
      return { json: { jobs: [{ ...job, kind: 'development' }], next_cursor: null } };
    case 'status':
      return seen.params['job_id'] === JOB
        ? { json: job }
        : problem(404, 'job_not_found', `There is no job ${seen.params['job_id']}.`);
    case 'plan':
      return plan === null ? problem(404, 'plan_not_ready', 'The job is being planned.', {}) : { json: plan };
    case 'approve':
      return { json: { ...id, state: 'running' } };
    case 'reject':
      return { json: { ...id, state: 'rejected' } };
    case 'cancel':
    case 'close':
      return { json: { ...id, state: 'cancelling' } };
    case 'budget':
      return { json: { budget: job.budget } };
    case 'retry':
      return { status: 202, json: { task_id: seen.params['task_id'], attempt: 2, state: 'pending' } };
    case 'delete':
      return { json: { ...id, deleted: true, dropped: [] } };
    case 'health':
      return { json: { status: 'ok', version: '0.1.0' } };
    case 'log':
      return { text: 'turn 1\n\u001b[31mred\u001b[0m\n', type: 'text/plain' };
    case 'diff':
    case 'taskDiff':
      return { text: 'diff --git a/a b/a\n@@ -1 +1 @@\n-old\n+new\n', type: 'text/x-diff' };
    case 'providers':
      return { json: { providers: [], prices_as_of: '2026-11-01' } };
    default:
      return problem(404, 'not_found', `The fake has no ${seen.route}.`);
  }
}

const submitted = (job: WireStatus, plan: WirePlan | null, { title }: { title: string }) =>
  ROUTES.submit.answers[201].json.parse({
    ...job,
    title,
    state: job.state === 'failed' ? 'failed' : plan === null ? 'planning' : 'awaiting_approval',
    ...(plan === null ? {} : { plan }),
    planner_model: job.model,
    max_workers: 3,
    max_attempts: 1,
    base_sha: SHA,
    auto_approve: false,
  });

function send(response: ServerResponse, { status = 200, json, text = '', type, headers }: Reply): void {
  const body = json === undefined ? text : JSON.stringify(json);
  response.writeHead(status, { 'content-type': type ?? 'application/json', ...headers });
  response.end(body);
}
