import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AGENT_ROLES } from '../../domain/roles.ts';
import type { ToolCall, ToolSpec } from '../../domain/conversation.ts';
import type { AgentRole, ToolName } from '../../domain/roles.ts';
import { Bash, runBash } from './bash.ts';
import { ToolRefusal } from './box.ts';
import { headAndTail } from './cut.ts';
import { Edit, runEdit } from './edit.ts';
import { SubmitPlan, draftOf, unquoteLists } from './submit-plan.ts';
import { SubmitResult } from './submit-result.ts';
import type { Submitted, ToolBox, ToolRun } from './box.ts';

/** The tools that an agent of this role is offered, as its model sees them. */
export function toolSpecs(role: AgentRole): ToolSpec[] {
  return AGENT_ROLES[role].tools.map((name) => ({
    name,
    description: readFileSync(new URL(`./${name}.md`, import.meta.url), 'utf8').trim(),
    inputSchema: schemaOf(TOOLS[name].input),
  }));
}

/**
 * Carries out one call. What the model did wrong is an error result that names the field; only a failure of the
 * box itself throws.
 */
export async function runTool(call: ToolCall, box: ToolBox, role: AgentRole): Promise<ToolRun> {
  const { text, isError, submitted } = await outcomeOf(call, box, AGENT_ROLES[role].tools).catch(refusalOf);
  const safe = text.replaceAll('\0', '\uFFFD');
  const shown = headAndTail(safe);
  return {
    result: { type: 'tool_result', callId: call.callId, text: shown ?? safe, isError },
    full: shown === null ? null : safe,
    ...(submitted === undefined ? {} : { submitted }),
  };
}

interface ToolOutcome {
  readonly text: string;
  readonly isError: boolean;
  readonly submitted?: Submitted;
}

interface Tool<I> {
  readonly input: z.ZodType<I>;
  readonly prepare?: (input: unknown) => unknown;
  readonly run: (input: I, box: ToolBox) => Promise<ToolOutcome> | ToolOutcome;
}

const tool = <I>(row: Tool<I>): Tool<I> => row;

const TOOLS = {
  bash: tool({ input: Bash, run: runBash }),
  str_replace_based_edit_tool: tool({
    input: Edit,
    run: async (input, box) => ({ text: await runEdit(input, box), isError: false }),
  }),
  submit_plan: tool({
    input: SubmitPlan,
    prepare: unquoteLists,
    run: (plan) => said('The plan is handed in.', { kind: 'plan', draft: draftOf(plan) }),
  }),
  submit_result: tool({
    input: SubmitResult,
    run: (result) => said('The result is handed in.', { kind: 'result', ...result }),
  }),
} satisfies Record<ToolName, unknown>;

const said = (text: string, submitted: Submitted): ToolOutcome => ({ text, isError: false, submitted });

async function outcomeOf(call: ToolCall, box: ToolBox, allowed: readonly ToolName[]): Promise<ToolOutcome> {
  const name = allowed.find((one) => one === call.name);
  if (name === undefined)
    throw new ToolRefusal(
      `there is no tool "${call.name.slice(0, 80)}"; the tools are ${allowed.join(', ')}`,
    );
  if (call.malformed !== undefined)
    throw new ToolRefusal(
      `the input of ${name} is not JSON (${call.malformed.length} characters came, perhaps cut short); call it again, in smaller parts if it was long`,
    );
  return parsed(TOOLS[name] as Tool<unknown>, call.input, box);
}

async function parsed<I>(row: Tool<I>, input: unknown, box: ToolBox): Promise<ToolOutcome> {
  const result = row.input.safeParse(row.prepare === undefined ? input : row.prepare(input));
  if (result.success) return row.run(result.data, box);
  const problems = result.error.issues.map(
    ({ path, message }) => `/${path.map(String).join('/')}: ${message}`,
  );
  const more = problems.length > SHOWN_PROBLEMS ? [`and ${problems.length - SHOWN_PROBLEMS} more`] : [];
  throw new ToolRefusal(['the input is not valid', ...problems.slice(0, SHOWN_PROBLEMS), ...more].join('\n'));
}

const SHOWN_PROBLEMS = 20;

function refusalOf(error: unknown): ToolOutcome {
  if (error instanceof ToolRefusal) return { text: `Error: ${error.message}`, isError: true };
  throw error;
}

function schemaOf(input: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(input, { io: 'input' });
  return JSON.parse(JSON.stringify(schema)) as Record<string, unknown>;
}
