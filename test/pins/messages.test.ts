import * as messages from '../../src/workflows/messages.ts';
import * as workflows from '../../src/workflows/index.ts';

// Open workflows hold these names in their histories, and scripts of operators use them.

test('the names of updates, signals and queries', () => {
  const names = Object.values(messages.commandUpdates).map((update) => update.name);
  expect([messages.submitUpdate.name, ...names]).toEqual([
    'submit',
    'approvePlan',
    'rejectPlan',
    'cancelJob',
    'closeJob',
    'retryTask',
    'setBudget',
    'deleteJob',
  ]);
  const { approvePlanSignal, needSignal, endedSignal, grantSignal, adoptedSignal } = messages;
  const signals = [approvePlanSignal, needSignal, endedSignal, grantSignal, adoptedSignal];
  expect(signals.map((signal) => signal.name)).toEqual(['approvePlan', 'need', 'ended', 'grant', 'adopted']);
  expect([messages.jobQuery.name, messages.eventsQuery.name]).toEqual(['job', 'events']);
});

test('the names of workflows, their ids and their queues', () => {
  expect(Object.keys(workflows).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'jobWorkflow',
    'taskWorkflow',
  ]);
  expect(messages.jobWorkflowId('j12345678a')).toBe('job:j12345678a');
  expect(messages.taskWorkflowId('j12345678a', 't3', 2)).toBe('task:j12345678a:t3:2');
  expect([messages.ENGINE_QUEUE, messages.WORKSPACE_QUEUE, messages.hostQueue('h')]).toEqual([
    'tutti-engine',
    'tutti-workspace',
    'tutti-workspace-h',
  ]);
});

test('the search attributes and their types', () => {
  expect(messages.SEARCH_ATTRIBUTES).toEqual({
    TuttiKind: 'KEYWORD',
    TuttiJob: 'KEYWORD',
    TuttiState: 'KEYWORD',
    TuttiOwner: 'KEYWORD',
    TuttiCircle: 'KEYWORD',
    TuttiWaits: 'KEYWORD_LIST',
    TuttiCreatedAt: 'DATETIME',
  });
});
