import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { loadConfig } from '../../src/config.ts';
import { startTemporal } from '../../src/embedded/start.ts';
import { jobIdFrom } from '../../src/domain/ids.ts';
import { MODELS, findModel } from '../../src/domain/models.ts';
import { resolveSource } from '../../src/store/source.ts';
import {
  ENGINE_QUEUE,
  commandUpdates,
  eventsQuery,
  jobQuery,
  jobWorkflowId,
  submitUpdate,
} from '../../src/workflows/messages.ts';
import { runWorker } from '../../worker.ts';
import { makeRepository } from './repository.ts';
import { temporalBinary } from './temporal.ts';
import type { Command, CommandName } from '../../src/domain/job/commands.ts';
import type { CommandAnswer, JobEvent } from '../../src/domain/job/state.ts';
import type { Config } from '../../src/config.ts';
import type { TemporalTarget } from '../../src/embedded/connect.ts';
import type { PlanDraft } from '../../src/domain/plan.ts';
import type { JobStart } from '../../src/workflows/messages.ts';
import type { JobView } from '../../src/domain/job/view.ts';
import type { Script } from '../../src/activities/providers/scripted.ts';
import type { Spec } from '../../src/domain/spec.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });

/** A real Temporal server with both workers in this process, a home, and a source repository of a user's. */
export interface Engine {
  readonly client: Client;
  readonly config: Config;
  /** Where its server is. */
  readonly temporal: TemporalTarget;
  /** The source repository, and its first commit. */
  readonly repo: string;
  readonly base: string;
  /** Starts a job and waits for its plan, or for its end without one. */
  submit(spec?: Partial<Spec>): Promise<EngineJob>;
  /** Stops the workers as a SIGTERM does, and starts them again. */
  restart(): Promise<void>;
}

export interface EngineJob {
  readonly jobId: string;
  view(): Promise<JobView>;
  events(): Promise<JobEvent[]>;
  /** Waits until the view fits; fails with the last one after `seconds`. */
  until(fits: (view: JobView) => boolean, seconds?: number): Promise<JobView>;
  ended(seconds?: number): Promise<JobView>;
  command<N extends CommandName>(
    name: N,
    fields: Omit<Extract<Command, { name: N }>, 'name' | 'by' | 'key' | 'hash'>,
  ): Promise<CommandAnswer>;
}

export interface EngineOptions {
  readonly script?: Script;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of the Temporal server, by the names of its dynamic configuration. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export async function withEngine(
  options: EngineOptions,
  use: (engine: Engine) => Promise<void>,
): Promise<void> {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'tutti-engine-')));
  const repo = path.join(dir, 'source');
  const base = await makeRepository(repo, options.files);
  const script = path.join(dir, 'script.json');
  await writeFile(script, JSON.stringify(options.script ?? { steps: {} }));
  const env = {
    ...process.env,
    TUTTI_HOME: path.join(dir, 'home'),
    TUTTI_SCRIPT: script,
    TUTTI_HOST_ID: 'test',
    ...options.env,
  };
  const { config } = loadConfig({ env, cwd: dir });
  const server = await startTemporal({
    binary: await temporalBinary(),
    home: config.home,
    ...(options.settings && { settings: options.settings }),
  });
  const temporal = { connection: { address: server.address }, namespace: server.namespace };
  const connection = await Connection.connect(temporal.connection);
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  let workers = startWorkers(config, temporal, fail);
  const restart = async (): Promise<void> => {
    await workers.stop();
    workers = startWorkers(config, temporal, fail);
  };
  try {
    const client = new Client({ connection, namespace: server.namespace });
    const engine: Engine = {
      client,
      config,
      temporal,
      repo,
      base,
      submit: (spec) => submit(client, repo, spec),
      restart,
    };
    await Promise.race([use(engine), failed]);
    await Promise.race([workers.stop(), failed]);
  } finally {
    // A worker that outlives its server keeps the process from ending.
    await workers.stop();
    await connection.close();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

function startWorkers(
  config: Config,
  temporal: TemporalTarget,
  fail: (error: unknown) => void,
): { stop(): Promise<void> } {
  const stop = new AbortController();
  const runs = (['engine', 'workspace'] as const).map((role) =>
    runWorker({ role, config, temporal, stop: stop.signal, ready: () => {} }).catch(fail),
  );
  return {
    async stop() {
      stop.abort();
      await Promise.all(runs);
    },
  };
}

/** What a test's job asks for when the test does not care. */
export async function specFor(repo: string, spec: Partial<Spec> = {}): Promise<Spec> {
  const { source } = await resolveSource({ path: repo });
  const model = findModel('anthropic', 'claude-sonnet-5', MODELS);
  if (!model) throw new Error('claude-sonnet-5 has no price');
  return {
    title: 'A job',
    description: 'Do it.',
    constraints: [],
    acceptanceCriteria: [],
    checks: [],
    setup: null,
    network: null,
    plan: null,
    maxParallel: 3,
    maxAttempts: 1,
    budget: 5_000_000,
    provider: 'scripted',
    model: model.id,
    plannerModel: model.id,
    models: [model],
    source,
    autoApprove: false,
    labels: {},
    warnings: [],
    ...spec,
  };
}

let jobs = 0;

async function submit(client: Client, repo: string, given: Partial<Spec> = {}): Promise<EngineJob> {
  jobs += 1;
  const jobId = jobIdFrom(Buffer.from([0, 0, 0, 0, jobs >> 8, jobs & 255]));
  const spec = await specFor(repo, given);
  const start: JobStart = {
    kind: 'submitted',
    jobId,
    owner: 'ana',
    createdAt: Date.now(),
    spec,
    specBytes: spec.title.length + spec.description.length,
    terms: { turnsPerTask: 100, approvalBySignal: true },
  };
  const startWorkflowOperation = new WithStartWorkflowOperation('jobWorkflow', {
    workflowId: jobWorkflowId(jobId),
    taskQueue: ENGINE_QUEUE,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [start],
  });
  await client.workflow.executeUpdateWithStart(submitUpdate, { startWorkflowOperation });
  return jobOf(client, jobId);
}

export function jobOf(client: Client, jobId: string): EngineJob {
  const handle = client.workflow.getHandle(jobWorkflowId(jobId));
  const view = () => handle.query(jobQuery);
  const until = async (fits: (view: JobView) => boolean, seconds = 30): Promise<JobView> => {
    const patience = Date.now() + seconds * 1000;
    for (;;) {
      const now = await view();
      if (fits(now)) return now;
      if (Date.now() > patience)
        throw new Error(`waited ${seconds} s in vain; the job is ${JSON.stringify(now, null, 1)}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    jobId,
    view,
    until,
    events: async () => (await handle.query(eventsQuery, 0)).events,
    ended: async (seconds) => until((now) => now.stage.kind === 'closed', seconds),
    async command(name, fields) {
      const command = { name, by: 'ana', key: null, hash: '', ...fields } as Command;
      return handle.executeUpdate(commandUpdates[name], { args: [command] });
    },
  };
}

/** A plan as its submitter gives it, whose tasks the outline provider carries out: each runs its shell script. */
export function givenPlan(
  tasks: readonly {
    readonly script: string;
    readonly after?: readonly string[];
    readonly files?: readonly string[];
    /** A command that must succeed. */
    readonly check?: string;
    readonly maxAttempts?: number;
  }[],
): PlanDraft {
  return {
    summary: 'As given.',
    setup: null,
    network: null,
    checks: tasks.flatMap(({ check }, index) =>
      check === undefined
        ? []
        : [
            {
              checkId: `k${index + 1}`,
              criterionId: null,
              kind: 'command',
              command: check,
              expectExit: null,
              timeoutSeconds: null,
            },
          ],
    ),
    tasks: tasks.map(({ script, after = [], files = [], check, maxAttempts = null }, index) => ({
      taskId: `t${index + 1}`,
      title: `task ${index + 1}`,
      instructions: `Run this.\n\n\`\`\`sh\n${script}\n\`\`\`\n`,
      dependsOn: after,
      files,
      checks: check === undefined ? [] : [`k${index + 1}`],
      model: null,
      maxAttempts,
      estimate: null,
    })),
  };
}

/** One answer of a scripted model that calls one tool. */
export const calling = (name: string, input: unknown) => ({ calls: [{ name, input }] });
export const shell = (command: string) => calling('bash', { command });
export const done = calling('submit_result', { summary: 'Done.', confidence: 0.9 });
