import { retryAfterMs } from '../../src/activities/providers/failure.ts';
import { toOpenAi } from '../../src/activities/providers/openai-wire.ts';
import { completion, listener, WIRES } from '../support/completion.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';
import type { Completion } from '../../src/activities/providers/provider.ts';
import type { Message } from '../../src/domain/conversation.ts';

const turns = (count: number): Message[] => [
  { role: 'user', content: [{ type: 'text', text: 'go' }] },
  ...Array.from({ length: count }, (_, n): Message[] => [
    { role: 'assistant', content: [{ type: 'tool_call', callId: `c${n}`, name: 'bash', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', callId: `c${n}`, text: `out ${n}`, isError: n === 1 }] },
  ]).flat(),
];

interface SentBlock {
  readonly cache_control?: unknown;
}

describe('the wire of anthropic', () => {
  const sent = (request: Completion): Promise<Readonly<Record<string, unknown>>> =>
    withModelEndpoint(
      () => ({ text: 'ok' }),
      async (endpoint) => {
        await WIRES.anthropic(endpoint).complete(request, listener());
        return endpoint.requests[0]?.body ?? {};
      },
    );

  test('marks the fixed beginning and the last two user messages for the cache', async () => {
    const body = await sent(completion({ messages: turns(3) }));
    const marks = (body['messages'] as { role: string; content: SentBlock[] }[]).map(
      ({ role, content }) => `${role}${content.at(-1)?.cache_control === undefined ? '' : ' marked'}`,
    );
    expect(marks).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
      'user marked',
      'assistant',
      'user marked',
    ]);
    expect((body['system'] as SentBlock[]).at(-1)?.cache_control).toEqual({ type: 'ephemeral' });
    expect(JSON.stringify(body).match(/cache_control/g)).toHaveLength(3);
    expect(body).toMatchObject({ stream: true, max_tokens: 1024 });
    expect(body).not.toHaveProperty('subject');
    expect(body['messages']).toContainEqual({
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'c1',
          content: 'out 1',
          is_error: true,
          cache_control: { type: 'ephemeral' },
        },
      ],
    });
  });

  test('sends the same beginning whatever follows', async () => {
    const plain = (body: Readonly<Record<string, unknown>>): string =>
      JSON.stringify(body['messages']).replaceAll(',"cache_control":{"type":"ephemeral"}', '');
    const short = plain(await sent(completion({ messages: turns(2) })));
    const long = plain(await sent(completion({ messages: turns(4) })));
    expect(long.startsWith(short.slice(0, -1))).toBe(true);
  });

  test('gives thinking and unknown blocks back as they came', () =>
    withModelEndpoint(
      (request) =>
        request.turn === 0
          ? { thinking: 'Hm…', blocks: [{ type: 'fallback', from: 'x' }], text: 'so' }
          : { text: 'ok' },
      async (endpoint) => {
        const provider = WIRES.anthropic(endpoint);
        const first = await provider.complete(completion(), listener());
        expect(first.content.map((block) => block.type)).toEqual(['opaque', 'opaque', 'text']);
        const more: Message[] = [
          ...completion().messages,
          { role: 'assistant', content: first.content },
          { role: 'user', content: [{ type: 'text', text: 'and?' }] },
        ];
        await provider.complete(completion({ messages: more }), listener());
        expect(endpoint.requests[1]?.body['messages']).toContainEqual({
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm…', signature: 'c2lnbmVk' },
            { type: 'fallback', from: 'x' },
            { type: 'text', text: 'so' },
          ],
        });
      },
    ));

  test('keeps what a broken call had already cost', () =>
    withModelEndpoint(
      () => ({ text: 'x'.repeat(2000), fault: 'cut', usage: { input: 11, cache_read: 22, cache_write: 33 } }),
      async (endpoint) => {
        await expect(WIRES.anthropic(endpoint).complete(completion(), listener())).rejects.toMatchObject({
          usage: { input: 11, output: 1, cacheRead: 22, cacheWrite: 33 },
        });
      },
    ));

  test('drops thinking that was cut before its signature, which the endpoint would not take back', () => {
    const event = (data: { type: string }): string =>
      `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
    const events = [
      { type: 'message_start', message: { model: 'm', usage: { input_tokens: 1, output_tokens: 1 } } },
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 9 } },
      { type: 'message_stop' },
    ];
    return withModelEndpoint(
      () => ({ raw: events.map(event).join('') }),
      async (endpoint) => {
        expect(await WIRES.anthropic(endpoint).complete(completion(), listener())).toMatchObject({
          content: [],
          stop: 'max_tokens',
          usage: { input: 1, output: 9 },
        });
      },
    );
  });
});

describe('the wire of openai', () => {
  test('has one message per tool result, and arguments as text', () => {
    expect(toOpenAi(completion({ messages: turns(1), tools: [] }), false)).toEqual({
      model: 'claude-sonnet-5',
      max_tokens: 1024,
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'Work well.' },
        { role: 'user', content: 'go' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c0', type: 'function', function: { name: 'bash', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c0', content: 'out 0' },
      ],
    });
  });

  test('names the limit as the vendor wants it, and as others do', () => {
    expect(toOpenAi(completion(), true)).toMatchObject({ max_completion_tokens: 1024 });
    expect(toOpenAi(completion(), true)).not.toHaveProperty('max_tokens');
  });

  test('takes whole calls without ids and inputs as objects', () =>
    withModelEndpoint(
      () => ({
        quirk: 'ollama',
        calls: [
          { name: 'bash', input: { command: 'ls' } },
          { name: 'bash', input: { command: 'pwd' } },
        ],
      }),
      async (endpoint) => {
        expect(await WIRES.openai(endpoint).complete(completion(), listener())).toMatchObject({
          stop: 'tool_use',
          content: [
            { callId: 'tutti_t1_1_1_1', input: { command: 'ls' } },
            { callId: 'tutti_t1_1_1_2', input: { command: 'pwd' } },
          ],
        });
      },
    ));

  test('counts bytes as tokens where the endpoint counts nothing, and says so', () =>
    withModelEndpoint(
      () => ({ text: 'é'.repeat(100), fault: 'no_usage' }),
      async (endpoint) => {
        const answer = await WIRES.openai(endpoint).complete(completion(), listener());
        const bytes = Buffer.byteLength(JSON.stringify(endpoint.requests[0]?.body));
        expect(answer.usageEstimated).toBe(true);
        expect(answer.usage).toMatchObject({ input: bytes, cacheRead: 0, cacheWrite: 0 });
        expect(answer.usage.output).toBeGreaterThanOrEqual(200);
      },
    ));

  test('gives reasoning back under the name that it came with', () =>
    withModelEndpoint(
      (request) => (request.turn === 0 ? { thinking: 'Hm', text: 'so' } : { text: 'ok' }),
      async (endpoint) => {
        const { content } = await WIRES.openai(endpoint).complete(completion(), listener());
        const messages: Message[] = [
          ...completion().messages,
          { role: 'assistant', content },
          { role: 'user', content: [{ type: 'text', text: 'and?' }] },
        ];
        await WIRES.openai(endpoint).complete(completion({ messages }), listener());
        expect(endpoint.requests[1]?.body['messages']).toContainEqual({
          role: 'assistant',
          content: 'so',
          reasoning_content: 'Hm',
        });
      },
    ));
});

test.each<[Record<string, string>, number | null]>([
  [{}, null],
  [{ 'retry-after': '1.5' }, 1500],
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  [{ 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, null],
  [
    {
      'anthropic-ratelimit-tokens-reset': '2026-11-21T10:01:00Z',
      'anthropic-ratelimit-tokens-remaining': '0',
    },
    60_000,
  ],
  [
    {
      'anthropic-ratelimit-tokens-reset': '2026-11-21T10:01:00Z',
      'anthropic-ratelimit-tokens-remaining': '5',
      'anthropic-ratelimit-requests-reset': '2026-11-21T10:00:10Z',
      'anthropic-ratelimit-requests-remaining': '0',
    },
    10_000,
  ],
])('the headers %j ask for a wait of %p ms', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers), Date.parse('2026-11-21T10:00:00Z'))).toBe(expected);
});
