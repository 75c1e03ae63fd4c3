import { planToWire } from '../contract/plan-to-wire.ts';
import { statusToWire } from '../contract/to-wire.ts';
import { jobWorkflowId } from '../workflows/messages.ts';
import type { WireLinks } from '../contract/fields.ts';
import type { WirePlan } from '../contract/plan.ts';
import type { WireStatus } from '../contract/status.ts';
import type { JobFacts } from './jobs.ts';

/** Where everything of a job is, as paths of this server. */
export function linksOf(jobId: string, temporalUi: string | null): WireLinks {
  const self = `/orchestrate/${jobId}`;
  return {
    self,
    status: `${self}/status`,
    plan: `${self}/plan`,
    events: `${self}/events`,
    diff: `${self}/diff`,
    ...(temporalUi !== null && {
      temporal: `${temporalUi}/workflows/${encodeURIComponent(jobWorkflowId(jobId))}`,
    }),
  };
}

export const statusOf = (facts: JobFacts, temporalUi: string | null): WireStatus =>
  statusToWire(facts.view, { ...facts, links: linksOf(facts.view.jobId, temporalUi) });

/** Null until there is a plan. */
export const planOf = ({ plan, view }: JobFacts): WirePlan | null =>
  plan === null ? null : planToWire(plan, { model: view.header.model, maxAttempts: view.header.maxAttempts });
