import * as fc from 'fast-check';
import { allowedNow, carryOut, refusalOf } from '../../../src/domain/job/commands.ts';
import { describe as describeJob, taskOf } from '../../../src/domain/job/describe.ts';
import { reservedOf, spentOf } from '../../../src/domain/ledger.ts';
import { hold } from '../hold.ts';
import type { Command, CommandName } from '../../../src/domain/job/commands.ts';
import type { Job } from '../../../src/domain/job/state.ts';
import type { Simulation } from './simulation.ts';

const NAMES: readonly CommandName[] = ['approve', 'reject', 'cancel', 'close', 'retry', 'budget', 'delete'];

export interface Asked {
  readonly name: CommandName;
  readonly key: string | null;
  /** Another request under the same key. */
  readonly other: boolean;
  readonly taskId: string;
  readonly planRevision: number | null;
  readonly limit: number | null;
  readonly add: number | null;
  readonly force: boolean;
}

export const anyCommand: fc.Arbitrary<Asked> = fc.record({
  name: fc.oneof(
    { weight: 14, arbitrary: fc.constantFrom<CommandName>('approve', 'retry', 'budget') },
    { weight: 1, arbitrary: fc.constantFrom(...NAMES) },
  ),
  key: fc.constantFrom(null, 'k1', 'k2', 'k3', '__proto__'),
  other: fc.nat(9).map((n) => n === 0),
  taskId: fc.constantFrom('t1', 't2', 't3', 't4', 't5', 't6', 't7', '__proto__', 'plan'),
  planRevision: fc.constantFrom(null, 1, 1, 1, 2),
  limit: fc.option(fc.nat(600_000)),
  add: fc.integer({ min: -50_000, max: 300_000 }),
  force: fc.boolean(),
});

/** Gives a command as the workflow does, refusal first, and holds the promises about it. */
export function giveCommand(world: Simulation, asked: Asked): void {
  const { job } = world;
  const { key } = asked;
  const known = key === null ? undefined : job.commands.find((one) => one.key === key);
  const command = {
    ...asked,
    by: 'ana',
    reason: null,
    note: null,
    feedback: null,
    hash: hashOf(asked),
  } as Command;
  const before = JSON.stringify(job);
  const refusal = refusalOf(job, command);
  hold(JSON.stringify(job) === before, 'a refusal changes nothing');
  if (known && known.hash !== command.hash)
    return hold(refusal?.code === 'idempotency_mismatch', 'a key belongs to one request');
  if (known) {
    hold(refusal === null, 'a repetition is not refused');
    const answer = world.change((now) => carryOut(job, command, now));
    hold(JSON.stringify(answer) === JSON.stringify(known.answer), 'a repetition has the first answer');
    return hold(JSON.stringify(job) === before, 'a repetition changes nothing');
  }
  if (!allowedNow(job).includes(command.name)) hold(refusal !== null, 'what is not allowed is refused');
  if (refusal) {
    hold(refusal.state === describeJob(job).state, 'a refusal names the state');
    hold(
      JSON.stringify(refusal.allowed) === JSON.stringify(allowedNow(job)),
      'a refusal names what is allowed',
    );
    return;
  }
  world.change((now) => {
    const answer = carryOut(job, command, now);
    holdEffect(job, command);
    const told = answer['state'] ?? null;
    hold(
      told === null || command.name === 'retry' || told === describeJob(job).state,
      'an answer tells the state after the command',
    );
  });
  if (key !== null) hold(job.commands.at(-1)?.key === key, 'a command with a key is remembered');
}

function holdEffect(job: Job, command: Command): void {
  const { stage } = job;
  switch (command.name) {
    case 'approve':
      hold(stage.kind === 'execution' && job.approval?.by === 'ana', 'an approved job is carried out');
      return;
    case 'reject':
      return hold(stage.kind === 'closed' && stage.as.state === 'rejected', 'a rejected job is closed');
    case 'cancel':
    case 'close':
    case 'delete':
      return hold(stage.kind === 'stopping', 'a job that is ended stops first');
    case 'retry':
      return hold(taskOf(job, command.taskId)?.state.kind === 'pending', 'a retried task is pending');
    case 'budget':
      return hold(
        job.ledger.limit >= spentOf(job.ledger) + reservedOf(job.ledger),
        'a limit covers what is spent and reserved',
      );
  }
}

const hashOf = ({ name, other }: Asked): string => `${name}${other ? '!' : ''}`;
