import { messagesOf, sizeOf } from '../../src/domain/conversation.ts';
import type { AnswerEntry, OpenEntry, ResultsEntry, TalkEntry } from '../../src/domain/conversation.ts';

const bytesOf = (text: string): number => Buffer.byteLength(text);
const usage = { input: 10, output: 20, cacheRead: 300, cacheWrite: 4 };

const open: OpenEntry = {
  kind: 'open',
  at: 1,
  agentRole: 'builder',
  system: 'You build.',
  tools: [{ name: 'bash', description: 'Runs.', inputSchema: {} }],
  text: 'Do it.',
};
const answer: AnswerEntry = {
  kind: 'answer',
  at: 2,
  turn: 1,
  call: 1,
  model: 'm',
  stop: 'tool_use',
  content: [
    { type: 'text', text: 'Looking.' },
    { type: 'tool_call', callId: 'x', name: 'bash', input: { command: 'ls' } },
  ],
  usage,
  cost: 5,
};
const results: ResultsEntry = {
  kind: 'results',
  at: 3,
  turn: 1,
  tree: 'a'.repeat(40),
  results: [
    { type: 'tool_result', callId: 'x', text: 'é', isError: false },
    { type: 'tool_result', callId: 'y', text: 'no', isError: true },
  ],
  submitted: null,
};
const note: TalkEntry = { kind: 'note', at: 4, text: 'Hurry.' };
const checks: TalkEntry = { kind: 'checks', at: 5, stage: 'task', commit: 'b'.repeat(40), runs: [] };

describe('the messages of a conversation', () => {
  test('alternate: results and the notes after them are one message, evidence is none', () => {
    expect(messagesOf([open, answer, results, checks, note, answer, note])).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Do it.' }] },
      { role: 'assistant', content: answer.content },
      { role: 'user', content: [...results.results, { type: 'text', text: 'Hurry.' }] },
      { role: 'assistant', content: answer.content },
      { role: 'user', content: [{ type: 'text', text: 'Hurry.' }] },
    ]);
    expect(messagesOf([])).toEqual([]);
  });

  test('of a longer conversation begin with those of a shorter one, so that prompt caches hit', () => {
    const talk = [open, answer, results, answer, results, note, answer];
    const answered = talk.flatMap((entry, index) => (entry.kind === 'answer' ? [index + 1] : []));
    const whole = messagesOf(talk);
    for (const end of answered) {
      const part = messagesOf(talk.slice(0, end));
      expect(whole.slice(0, part.length)).toEqual(part);
    }
  });

  test('leave the entries as they were', () => {
    const before = structuredClone([open, note, results, note]);
    messagesOf(before);
    expect(before).toEqual([open, note, results, note]);
  });
});

describe('the size of a conversation', () => {
  test('is what was said in bytes before the first answer', () => {
    const first = 'You build.'.length + JSON.stringify(open.tools).length + 'Do it.'.length;
    expect(sizeOf([], bytesOf)).toEqual({ knownTokens: 0, newBytes: 0 });
    expect(sizeOf([open, note], bytesOf)).toEqual({ knownTokens: 0, newBytes: first + 6 });
  });

  test('is what the last answer counted, and the bytes since, of what the model will see', () => {
    expect(sizeOf([open, answer], bytesOf)).toEqual({ knownTokens: 334, newBytes: 0 });
    expect(sizeOf([open, answer, results, checks, note], bytesOf)).toEqual({
      knownTokens: 334,
      newBytes: bytesOf(JSON.stringify(results.results)) + 6,
    });
    expect(sizeOf([open, answer, results, answer], bytesOf)).toEqual({ knownTokens: 334, newBytes: 0 });
  });
});
