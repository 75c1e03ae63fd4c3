import type { Script } from '../src/activities/providers/scripted.ts';

type ScriptedTurn = Script['steps'][string][number];

/** The model's side of a task: `turns` answers, the last of which hands the work in. */
export const turnsOf = (turns: number, command: string): ScriptedTurn[] => [
  ...Array.from({ length: turns - 1 }, () => answer('bash', { command })),
  answer('submit_result', { summary: 'Done.', confidence: 0.9 }),
];

export const answer = (name: string, input: unknown): ScriptedTurn => ({
  text: 'I look at what is there, change what has to change, and see whether it still works.',
  calls: [{ name, input }],
});

/** A script in which every task of a plan takes the same turns. */
export const script = (steps: Script['steps'], delayMs = 0): Script => ({ delay_ms: delayMs, steps });
