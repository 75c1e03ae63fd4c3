import type { AssistantBlock, Message, ToolResult } from '../../domain/conversation.ts';
import { parseOutline, shellBlocks } from '../../domain/outline.ts';
import type { Outline } from '../../domain/outline.ts';
import { NO_USAGE } from '../../domain/prices.ts';
import { partOf } from '../prompts/opening.ts';
import { callIdOf, stopOf } from './content.ts';
import type { Completion, Provider } from './provider.ts';

/** No model: a planner reads the tasks from the spec, a builder runs its task's shell blocks one after the other. */
export const outline: Provider = {
  id: 'outline',
  complete: (request, { onProgress }) => {
    const said = request.subject.agentRole === 'planner' ? plan(request.messages) : build(request.messages);
    const content = said.map((saying) => blockOf(saying, request));
    onProgress('');
    return Promise.resolve({
      content,
      stop: stopOf(null, content),
      usage: NO_USAGE,
      usageEstimated: false,
      model: request.model,
    });
  },
  reachable: () => Promise.resolve({ ok: true, reason: null }),
};

type Saying = string | { readonly name: 'bash' | 'submit_plan' | 'submit_result'; readonly input: unknown };

function blockOf(saying: Saying, { subject }: Completion): AssistantBlock {
  return typeof saying === 'string'
    ? { type: 'text', text: saying }
    : { type: 'tool_call', callId: `${callIdOf(subject)}_1`, ...saying };
}

function plan(messages: readonly Message[]): Saying[] {
  if (messages.length > 1)
    return ['This plan is what the spec says; without a model only its author can change it.'];
  const read = parseOutline(partOf(openingOf(messages), 'description') ?? '');
  return [{ name: 'submit_plan', input: planOf(read) }];
}

function planOf({ tasks, checks, setup }: Outline): object {
  const taskChecks = tasks.flatMap((task) =>
    task.checks.map((check, index) => ({
      check_id: `${task.taskId}-check${index + 1}`,
      criterion_id: check.criterionId,
      kind: 'command',
      command: check.command,
    })),
  );
  const ownChecks = checks.map((command, index) => ({
    check_id: `check${index + 1}`,
    kind: 'command',
    command,
  }));
  return {
    summary: `The ${tasks.length} tasks of the outline, as they stand there.`,
    tasks: tasks.map((task) => ({
      task_id: task.taskId,
      title: task.title.slice(0, 200),
      instructions: task.instructions,
      depends_on: task.after.filter((id) => tasks.some((other) => other.taskId === id) || !ticked(id, tasks)),
      files: task.files,
      checks: task.checks.map((_, index) => `${task.taskId}-check${index + 1}`),
    })),
    checks: [...taskChecks, ...ownChecks],
    ...(setup.length === 0 ? {} : { setup }),
  };
}

/** A number that is missing among the tasks, but not beyond them, is an item that was ticked off. */
function ticked(id: string, tasks: Outline['tasks']): boolean {
  const place = (taskId: string): number => Number(taskId.slice(1));
  return place(id) >= 1 && place(id) <= Math.max(0, ...tasks.map((task) => place(task.taskId)));
}

function build(messages: readonly Message[]): Saying[] {
  const blocks = shellBlocks(partOf(openingOf(messages), 'instructions') ?? '');
  if (blocks.length === 0)
    return ['The instructions hold no shell block (```sh), and without a model nothing else can be done.'];
  const done = messages.flatMap(resultsOf).filter((result) => !result.isError).length;
  const last = messages.at(-1);
  const failed = (last === undefined ? [] : resultsOf(last)).find((result) => result.isError);
  if (failed !== undefined)
    return [`Shell block ${done + 1} of ${blocks.length} failed:\n${failed.text.slice(-2000)}`];
  const failedBefore = messages.length > 1 && last !== undefined && resultsOf(last).length === 0;
  if (failedBefore && !textOf(last).includes('<retry')) return ['The failed shell block stays failed.'];
  const next = blocks[done];
  if (next !== undefined) return [{ name: 'bash', input: { command: next, timeout_s: 600 } }];
  return [
    {
      name: 'submit_result',
      input: { summary: `All ${blocks.length} shell blocks exited 0.`, confidence: 1 },
    },
  ];
}

const openingOf = (messages: readonly Message[]): string =>
  messages[0] === undefined ? '' : textOf(messages[0]);

const textOf = ({ content }: Message): string =>
  content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');

const resultsOf = ({ content }: Message): ToolResult[] =>
  content.flatMap((block) => (block.type === 'tool_result' ? [block] : []));
