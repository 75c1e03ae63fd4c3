import type { EndpointReply } from './model-endpoint.ts';

/** Replies of a model endpoint, as an agent of each kind gives them. */
export const calls = (name: string, input: unknown, more: EndpointReply = {}): EndpointReply => ({
  calls: [{ name, input }],
  ...more,
});

export const bash = (command: string, more?: EndpointReply): EndpointReply =>
  calls('bash', { command }, more);

export const submitResult = (more?: EndpointReply): EndpointReply =>
  calls('submit_result', { summary: 'Done.', confidence: 0.9 }, more);

export const submitPlan = (
  tasks: readonly Record<string, unknown>[],
  checks: readonly Record<string, unknown>[] = [],
  more?: EndpointReply,
): EndpointReply =>
  calls(
    'submit_plan',
    {
      summary: 'A plan.',
      tasks: tasks.map((task) => ({ instructions: String(task['title']), ...task })),
      checks,
    },
    more,
  );
