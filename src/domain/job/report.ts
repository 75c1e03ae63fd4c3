import { spentOf } from '../ledger.ts';
import { usd } from '../money.ts';
import { describe, taskWaitsOn } from './describe.ts';
import type { Job, TaskRecord } from './state.ts';

/** A job as Markdown, for an operator who opens it in the Temporal UI. */
export function jobReport(job: Job): string {
  const { state, waitingOn } = describe(job);
  const money = `$${usd(spentOf(job.ledger)).toFixed(2)} of $${usd(job.ledger.limit).toFixed(2)} spent`;
  const rows = job.tasks.map((task) => row(job, task));
  return [
    `**${job.header.title}**`,
    `${state}${waitingOn === null ? '' : ` (waits for ${waitingOn})`} · ${money} · branch \`${job.delivery.branch}\` ${job.delivery.state}`,
    ...(rows.length > 0 ? ['', '| task | title | state | attempts |', '|---|---|---|---|', ...rows] : []),
    ...job.warnings.map((warning) => `\n> ${warning}`),
  ].join('\n');
}

function row(job: Job, task: TaskRecord): string {
  const { state, outline, attempts } = task;
  const waits = taskWaitsOn(job, task);
  const note = state.kind === 'failed' ? `: ${state.error.code}` : waits === null ? '' : ` (${waits})`;
  return `| ${outline.taskId} | ${cell(outline.title)} | ${state.kind}${note} | ${attempts.length} |`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
