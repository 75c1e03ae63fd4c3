/** What an agent is on a task. Each role has its prompt in `activities/prompts/<role>.md`. */
export const AGENT_ROLES = {
  planner: {
    tools: ['bash', 'str_replace_based_edit_tool', 'submit_plan'],
    mayWrite: false,
    ends: 'submit_plan',
  },
  builder: {
    tools: ['bash', 'str_replace_based_edit_tool', 'submit_result'],
    mayWrite: true,
    ends: 'submit_result',
  },
} as const satisfies Record<string, AgentRoleRow>;

interface AgentRoleRow {
  readonly tools: readonly ToolName[];
  /** False: the worktree is thrown back to its commit after every turn. */
  readonly mayWrite: boolean;
  /** The tool whose call ends the attempt. */
  readonly ends: ToolName;
}

export type AgentRole = keyof typeof AGENT_ROLES;
export type ToolName = 'bash' | 'str_replace_based_edit_tool' | 'submit_plan' | 'submit_result';
