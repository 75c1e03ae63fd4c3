import { ActivityFailure, ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import { closeJob } from '../../domain/job/close.ts';
import { record } from '../../domain/job/events.ts';
import { readyToVerify, takePlan } from '../../domain/job/progress.ts';
import { takeVerified } from '../../domain/job/verified.ts';
import { hubOf } from '../../domain/job/state.ts';
import { openJob, verifyJob } from '../activities.ts';
import type { Spec } from '../../domain/spec.ts';
import type { Desk } from './desk.ts';

/** What a job does itself, one thing at a time, beside its attempts: fetching the source, verifying the whole. */
export interface Chores {
  begin(): void;
  cancel(): void;
  idle(): boolean;
}

export function createChores(desk: Desk, spec: Spec | null): Chores {
  const { job, change, act } = desk;
  let scope: CancellationScope | null = null;

  function run(work: () => Promise<void>): void {
    scope = new CancellationScope();
    scope
      .run(work)
      .catch((error: unknown) => {
        if (!isCancellation(error)) change((now) => giveUp(error, now));
      })
      .finally(() => {
        scope = null;
        change(() => {});
      });
  }

  /** A chore fails only for good: what may get better is repeated by its retry policy. */
  function giveUp(error: unknown, now: number): void {
    if (job.stage.kind === 'stopping') return;
    const cause = error instanceof ActivityFailure ? error.cause : error;
    const code = cause instanceof ApplicationFailure ? (cause.type ?? 'internal') : 'internal';
    const detail = cause instanceof Error ? cause.message : String(cause);
    job.warnings.push(`${code}: ${detail}`);
    const state = job.stage.kind === 'planning' ? 'failed' : 'completed_with_failures';
    closeJob(job, { state, reason: `${code}: ${detail}` }, now);
  }

  async function openSource(of: Spec): Promise<void> {
    const { specSha, plan, sandbox } = await openJob({ jobId: job.jobId, spec: of });
    change((now) => {
      job.specSha = specSha;
      job.sandbox = sandbox;
      job.integration.head = of.source.baseSha;
      if (plan && job.stage.kind === 'planning') takePlan(job, plan, now);
    });
  }

  async function verify(): Promise<void> {
    const verified = await verifyJob({
      hub: hubOf(job),
      jobId: job.jobId,
      planSha: job.plan?.sha ?? '',
      source: job.header.source,
    });
    change((now) => {
      takeVerified(job, verified, now);
      record(job, now, 'check.finished', {
        passed: verified.runs.every((check) => check.passed),
        commit: verified.commit,
      });
    });
  }

  return {
    begin() {
      if (scope !== null) return;
      if (job.stage.kind === 'planning' && job.specSha === null && spec) run(() => openSource(spec));
      if (readyToVerify(job))
        act(() => {
          job.stage = { kind: 'verification' };
        });
      if (job.stage.kind === 'verification') run(verify);
    },
    cancel: () => scope?.cancel(),
    idle: () => scope === null,
  };
}
