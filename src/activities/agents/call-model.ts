import { createHash } from 'node:crypto';
import { appendCall, readCalls, writeCall } from '../../store/calls.ts';
import { appendTalk, readTalk, readTotals } from '../../store/talk.ts';
import { attemptRefs } from '../../store/attempt-refs.ts';
import { entriesAfter } from './winner.ts';
import { moveRefs, readRef } from '../../store/refs.ts';
import { openHub } from '../../store/hub.ts';
import { settledCalls } from '../../domain/calls.ts';
import { messagesOf } from '../../domain/conversation.ts';
import { NO_USAGE, addUsage, costOf } from '../../domain/prices.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { DetailedError } from '../edge.ts';
import { ProviderFailure } from '../providers/failure.ts';
import { isConfigured } from '../providers/provider.ts';
import { activityOf } from './activity.ts';
import type { AnswerEntry, CallRecord, OpenEntry } from '../../domain/conversation.ts';
import type { Called, ModelCall } from '../steps.ts';
import type { Completion, Provider } from '../providers/provider.ts';
import type { EngineDeps } from '../deps.ts';
import type { Hub } from '../../store/hub.ts';

/**
 * One model request: its intent is durable before it is sent, its answer and account right after, in one transaction.
 * An answer to the same conversation that is already there is returned instead of buying another.
 */
export async function callModel(deps: EngineDeps, call: ModelCall, signal: AbortSignal): Promise<Called> {
  const { place } = call;
  const hub = await openHub(deps.hubsDir, place.hub);
  const refs = attemptRefs(place.jobId, place.taskId, place.attempt);
  const earlier = await answerAfter(hub, refs, call);
  if (earlier) return earlier;

  const request = await requestOf(hub, call);
  const requestHash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  const { turn, call: number, reservation } = call;
  const intent = { turn, call: number, at: Date.now(), model: call.model.id, requestHash, reservation };
  await appendCall(hub, refs.calls, { kind: 'intent', ...intent });

  const answer = await complete(providerOf(deps, call), request, signal).catch(async (error: unknown) => {
    const failure = failureOf(error);
    const outcome = failure.mayHaveCost ? 'lost' : 'refused';
    const cost = failure.mayHaveCost ? reservation : 0;
    const usage = failure.usage ?? NO_USAGE;
    await appendCall(hub, refs.calls, {
      kind: 'settled',
      turn,
      call: number,
      at: Date.now(),
      outcome,
      usage,
      cost,
    });
    throw error instanceof ProviderFailure ? callFailed(error) : error;
  });

  const cost = costOf(answer.usage, call.model.price);
  const settled = { turn, call: number, at: Date.now(), usage: answer.usage, cost };
  const entry: AnswerEntry = {
    kind: 'answer',
    ...settled,
    model: answer.model,
    stop: answer.stop,
    content: answer.content,
  };
  const record = { kind: 'settled', ...settled, outcome: 'answered' } as const;
  const talk = await settle(hub, refs, call.talk, record, () => appendAnswer(hub, call, entry));
  if (talk !== null && call.lost.length === 0) return calledOf(talk, entry, [{ call: number, cost }]);
  const winner = await answerAfter(hub, refs, call);
  if (winner) return winner;
  throw new OrchestratorError(
    'attempt_lost',
    `the conversation of ${place.taskId}/${place.attempt} went another way`,
  );
}

async function requestOf(hub: Hub, call: ModelCall): Promise<Completion> {
  const { jobId, taskId, attempt } = call.place;
  const entries = await readTalk(hub, call.talk);
  const { system, tools } = entries[0] as OpenEntry;
  return {
    model: call.model.id,
    maxTokens: call.maxTokens,
    system,
    tools,
    messages: messagesOf(entries),
    subject: { jobId, taskId, attempt, turn: call.ownTurn, agentRole: call.agentRole },
  };
}

function providerOf(deps: EngineDeps, call: ModelCall): Provider {
  const provider = deps.providers[call.provider];
  if (isConfigured(provider)) return provider;
  throw new DetailedError(
    'provider_failed',
    `provider ${call.provider} is not configured here: ${provider.unconfigured}`,
    {
      repeatable: false,
      retryAfterMs: null,
      mayHaveCost: false,
    },
  );
}

const complete = (provider: Provider, request: Completion, signal: AbortSignal) =>
  provider.complete(request, { signal, onProgress: () => {} });

const failureOf = (error: unknown): { mayHaveCost: boolean; usage: ProviderFailure['usage'] } =>
  error instanceof ProviderFailure ? error : { mayHaveCost: true, usage: null };

function callFailed(failure: ProviderFailure): DetailedError {
  const { repeatable, retryAfterMs, mayHaveCost } = failure;
  return new DetailedError(
    'provider_failed',
    failure.message,
    { repeatable, retryAfterMs, mayHaveCost },
    failure,
  );
}

async function appendAnswer(hub: Hub, call: ModelCall, entry: AnswerEntry): Promise<string> {
  const before = await readTotals(hub, call.talk);
  return appendTalk(hub, call.talk, entry, {
    turn: call.turn,
    usage: addUsage(before.usage, entry.usage),
    cost: before.cost + entry.cost,
    at: entry.at,
    activity: activityOf(entry.content),
  });
}

/**
 * Writes answer and record side by side, then moves both refs at once. A call record that got in between is no loss;
 * another answer is: null.
 */
async function settle(
  hub: Hub,
  refs: { talk: string; calls: string },
  from: string,
  record: CallRecord,
  append: () => Promise<string>,
): Promise<string | null> {
  for (;;) {
    const head = await readRef(hub, refs.calls);
    const [talk, calls] = await Promise.all([append(), writeCall(hub, head, record)]);
    const moves = [
      { ref: refs.talk, to: talk, from },
      { ref: refs.calls, to: calls, from: head },
    ];
    if ((await moveRefs(hub, moves)) === 'moved') return talk;
    if ((await readRef(hub, refs.talk)) !== from) {
      await appendCall(hub, refs.calls, record);
      return null;
    }
  }
}

/** The answer that stands after the conversation that was to be answered, whichever call brought it. */
async function answerAfter(
  hub: Hub,
  refs: { talk: string; calls: string },
  { talk, call, lost }: ModelCall,
): Promise<Called | null> {
  const next = (await entriesAfter(hub, refs.talk, talk))[0];
  if (next?.entry.kind !== 'answer') return null;
  const records = await readCalls(hub, await readRef(hub, refs.calls));
  return calledOf(next.sha, next.entry, settledCalls(records, [...lost, call]));
}

function calledOf(talk: string, { usage, stop, content }: AnswerEntry, settled: Called['settled']): Called {
  const toolCalls = content.filter((block) => block.type === 'tool_call').length;
  return { talk, usage, settled, stop, toolCalls, summary: activityOf(content) };
}
