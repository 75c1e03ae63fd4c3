import { carryOut, refusalOf } from '../domain/job/commands.ts';
import { isJobId } from '../domain/ids.ts';
import { OrchestratorError } from '../domain/errors.ts';
import { checkOwner } from './auth.ts';
import { commanderOf, updateIdOf } from './identity.ts';
import { unavailable } from './gateway-errors.ts';
import { jobNotFound } from './jobs.ts';
import type { Command, Commander } from '../domain/job/commands.ts';
import type { CommandAnswer, Job } from '../domain/job/state.ts';
import type { Grant } from './auth.ts';
import type { Desk } from './desk.ts';

/** A command without who gives it. */
export type Order = Command extends infer C ? (C extends Command ? Omit<C, keyof Commander> : never) : never;

export interface CommandAsk {
  readonly grant: Grant;
  readonly params: { readonly job_id: string };
  readonly key: string | null;
}

/**
 * Gives a command to a job and answers what it answered, the same for a repetition with the same key. Throws its
 * refusal, with the state that forbids it; a closed job's record answers like the job did.
 */
export async function giveCommand(desk: Desk, ask: CommandAsk, order: Order): Promise<CommandAnswer> {
  const jobId = ask.params.job_id;
  if (!isJobId(jobId)) throw jobNotFound(jobId);
  const { grant } = ask;
  if (grant.reach === 'own') checkOwner(grant, (await desk.jobs.read(jobId)).view.owner);
  const command = { ...order, ...commanderOf(grant.caller, ask.key, order) } as Command;
  const answer = await desk.gateway.command(jobId, updateIdOf(command), command);
  desk.recent.add(jobId);
  if (answer !== null) return answer;
  const { closed } = await desk.jobs.read(jobId);
  if (closed === null) throw unavailable();
  return answerOfClosed(closed, command);
}

/** Only the repetition of a command that took effect while the job was open gets an answer. */
export function answerOfClosed(job: Job, command: Command): CommandAnswer {
  const refusal = refusalOf(job, command);
  if (refusal === null) return carryOut(structuredClone(job), command, Date.now());
  const { code, detail, state, allowed } = refusal;
  throw new OrchestratorError(code, detail, { state, allowed });
}
