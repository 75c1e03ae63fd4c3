import { ProviderFailure } from '../../src/activities/providers/failure.ts';
import { completion, listener, KEY, WIRES } from '../support/completion.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';
import type { Answer, Completion } from '../../src/activities/providers/provider.ts';
import type { LineLimits } from '../../src/activities/providers/line.ts';
import type { EndpointReply, ModelEndpoint } from '../support/model-endpoint.ts';

const wires = Object.keys(WIRES) as (keyof typeof WIRES)[];

const ONLY_ANTHROPIC: [NonNullable<EndpointReply['stop']>, Answer['stop']][] = [
  ['context_full', 'context_full'],
  ['stop_sequence', 'end_turn'],
];

describe.each(wires)('%s', (wire) => {
  const ask = (
    reply: EndpointReply,
    check: (answer: Answer, endpoint: ModelEndpoint) => void | Promise<void>,
    request: Completion = completion(),
  ): Promise<void> =>
    withModelEndpoint(
      () => reply,
      async (endpoint) => check(await WIRES[wire](endpoint).complete(request, listener()), endpoint),
    );
  const failing = (
    reply: EndpointReply,
    limits?: LineLimits,
  ): Promise<{ failure: ProviderFailure; requests: number }> =>
    withModelEndpoint(
      () => reply,
      async (endpoint) => {
        const failure = await WIRES[wire](endpoint, limits)
          .complete(completion(), listener())
          .then(
            () => null,
            (error: unknown) => error,
          );
        expect(failure).toBeInstanceOf(ProviderFailure);
        return { failure: failure as ProviderFailure, requests: endpoint.requests.length };
      },
    );

  test('streams text and tool calls, and counts what they used', () =>
    withModelEndpoint(
      () => ({
        text: 'Let me look — at 数 files.',
        calls: [
          { name: 'bash', input: { command: 'ls -la "a b"' }, id: 'call-a' },
          { name: 'bash', input: {}, id: 'call-b' },
        ],
        usage: { input: 10, output: 20, cache_read: 300, cache_write: 40 },
      }),
      async (endpoint) => {
        const live = listener();
        expect(await WIRES[wire](endpoint).complete(completion(), live)).toEqual({
          content: [
            { type: 'text', text: 'Let me look — at 数 files.' },
            { type: 'tool_call', callId: 'call-a', name: 'bash', input: { command: 'ls -la "a b"' } },
            { type: 'tool_call', callId: 'call-b', name: 'bash', input: {} },
          ],
          stop: 'tool_use',
          usage: { input: 10, output: 20, cacheRead: 300, cacheWrite: 40 },
          usageEstimated: false,
          model: 'claude-sonnet-5',
        });
        expect(live.heard.join('')).toContain('Let me look — at 数 files.');
        expect(endpoint.requests).toHaveLength(1);
        expect(endpoint.requests[0]).toMatchObject({ model: 'claude-sonnet-5', maxTokens: 1024, turn: 0 });
        expect(endpoint.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
        expect(endpoint.requests[0]?.tools).toContain('str_replace_based_edit_tool');
      },
    ));

  test.each<[NonNullable<EndpointReply['stop']>, Answer['stop']]>([
    ['end_turn', 'end_turn'],
    ['pause_turn', 'end_turn'],
    ['max_tokens', 'max_tokens'],
    ['refusal', 'refusal'],
    ...(wire === 'anthropic' ? ONLY_ANTHROPIC : []),
  ])('stop reason %s is %s, and its usage is kept', (stop, expected) =>
    ask({ text: 'so far', stop, usage: { input: 5, output: 7, cache_read: 0, cache_write: 0 } }, (answer) => {
      expect(answer).toMatchObject({ stop: expected, usage: { input: 5, output: 7 } });
    }),
  );

  test('a tool call that was cut short comes back as malformed', () =>
    ask(
      { calls: [{ name: 'bash', raw_input: '{"command": "echo' }], stop: 'max_tokens' },
      ({ content, stop }) => {
        expect(stop).toBe('max_tokens');
        expect(content).toMatchObject([{ type: 'tool_call', input: null, malformed: '{"command": "echo' }]);
      },
    ));

  test('strange inputs harm nothing: prototypes, surrogates, NUL, depth', () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000);
    const calls = [
      {
        name: 'bash',
        raw_input: '{"__proto__": {"polluted": 1}, "constructor": 2, "command": "a\\u0000b\\ud800c"}',
      },
      { name: 'bash', raw_input: `{"command": ${deep}}` },
    ];
    return ask({ text: 'x\0y', calls }, ({ content }) => {
      expect(content[0]).toEqual({ type: 'text', text: 'x\uFFFDy' });
      expect(content[1]).toMatchObject({ input: { constructor: 2, command: 'a\uFFFDb\uFFFDc' } });
      expect(Object.keys((content[1] as { input: object }).input)).toEqual(['constructor', 'command']);
      expect(content[2]).toMatchObject({ input: null, malformed: expect.stringContaining('[[[[') });
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
    });
  });

  test('of ten thousand tool calls a hundred are kept, and the answer says so', () =>
    ask({ calls: Array.from({ length: 10_000 }, () => ({ name: 'bash', input: {} })) }, ({ content }) => {
      expect(content).toHaveLength(101);
      expect(content[0]).toMatchObject({
        type: 'text',
        text: expect.stringContaining('Of 10000 tool calls'),
      });
      expect(new Set(content.map((block) => (block.type === 'tool_call' ? block.callId : ''))).size).toBe(
        101,
      );
    }));

  test('an answer with nothing in it is an end of turn', () =>
    ask({ text: ' ' }, ({ content, stop }) => {
      expect(content).toEqual([]);
      expect(stop).toBe('end_turn');
    }));

  test('a conversation is sent so that every call has its result and nothing is empty', () => {
    const messages: Completion['messages'] = [
      { role: 'user', content: [{ type: 'text', text: 'go\0' }] },
      {
        role: 'assistant',
        content: [
          { type: 'opaque', provider: 'elsewhere', value: { secret: 1 } },
          { type: 'tool_call', callId: 'a', name: 'bash', input: { command: 'x' } },
          { type: 'tool_call', callId: 'b', name: 'bash', input: null, malformed: '{' },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'and hurry' },
          { type: 'tool_result', callId: 'b', text: '', isError: false },
          { type: 'tool_result', callId: 'gone', text: 'x', isError: false },
        ],
      },
      { role: 'assistant', content: [] },
      { role: 'user', content: [{ type: 'text', text: 'well?' }] },
    ];
    return ask(
      { text: 'ok' },
      (_, { requests }) => {
        const sent = JSON.stringify(requests[0]?.body['messages']);
        expect(sent).not.toContain('secret');
        expect(sent).not.toContain('gone');
        expect(sent).not.toContain('\\u0000');
        expect(sent.indexOf('This call was not carried out')).toBeLessThan(sent.indexOf('(nothing)'));
        expect(sent.indexOf('(nothing)')).toBeLessThan(sent.indexOf('and hurry'));
      },
      completion({ messages }),
    );
  });

  test.each([400, 401, 402, 403, 404, 413, 422])('status %i is not worth repeating', async (status) => {
    const { failure, requests } = await failing({ status, message: `no: ${KEY}` });
    expect(failure).toMatchObject({ status, repeatable: false, mayHaveCost: false });
    expect(failure.message).toBe(`${status} no: [key]`);
    expect(requests).toBe(1);
  });

  test.each([408, 409, 429, 500, 502, 503, 529])(
    'status %i may be repeated, by the caller',
    async (status) => {
      const { failure, requests } = await failing({ status, headers: { 'retry-after': '7' } });
      expect(failure).toMatchObject({
        status,
        repeatable: true,
        retryAfterMs: 7000,
        mayHaveCost: status === 502,
      });
      expect(requests).toBe(1);
    },
  );

  test.each<[string, EndpointReply]>([
    ['a connection closed without an answer', { fault: 'drop' }],
    ['a stream cut in the middle', { text: 'x'.repeat(2000), fault: 'cut' }],
    ['a stream that ends early', { text: 'x'.repeat(2000), fault: 'end_early' }],
    ['an error inside the stream', { text: 'x'.repeat(2000), fault: 'error_event' }],
    ['a stream that holds no JSON', { raw: 'event: message_start\ndata: {"type": "mess\n\n' }],
    ['a page instead of a stream', { raw: '<html>busy</html>' }],
    ['an empty body', { raw: '' }],
  ])('%s may have cost something and may be repeated', async (_, reply) => {
    const { failure, requests } = await failing(reply);
    expect(failure).toMatchObject({ status: null, repeatable: true, mayHaveCost: true });
    expect(requests).toBe(1);
  });

  test.each<[string, EndpointReply]>([
    ['before the answer', { fault: 'hang' }],
    ['within it', { text: 'x'.repeat(2000), fault: 'hang_mid' }],
  ])('silence %s is given up after the idle time', async (_, reply) => {
    const { failure } = await failing(reply, { idleMs: 300, maxBytes: 1e7 });
    expect(failure).toMatchObject({ status: null, repeatable: true, mayHaveCost: true });
    expect(failure.message).toBe('nothing came from the endpoint for 0.3 s');
  });

  test('a slow answer that never pauses for long is waited for', () =>
    withModelEndpoint(
      () => ({ text: 'x'.repeat(400), chunk_ms: 40 }),
      async (endpoint) => {
        const live = listener();
        const limits = { idleMs: 400, maxBytes: 1e7 };
        await expect(WIRES[wire](endpoint, limits).complete(completion(), live)).resolves.toMatchObject({
          stop: 'end_turn',
        });
        expect(live.heard.length).toBeGreaterThan(10);
      },
    ));

  test('an answer over the limit is refused and not asked for again', async () => {
    const { failure } = await failing({ text: 'x'.repeat(11_000_000) });
    expect(failure).toMatchObject({ repeatable: false, mayHaveCost: true });
    expect(failure.message).toContain('longer than 10000000 bytes');
  });

  test('the caller can stop it, and gets its own reason back', () =>
    withModelEndpoint(
      () => ({ text: 'x'.repeat(2000), fault: 'hang_mid' }),
      async (endpoint) => {
        const live = listener();
        const reason = new Error('shutting down');
        const stopping = { ...live, onProgress: () => live.abort(reason) };
        await expect(WIRES[wire](endpoint).complete(completion(), stopping)).rejects.toBe(reason);
      },
    ));

  test('an endpoint that is not there cost nothing', async () => {
    const endpoint = await withModelEndpoint(
      () => ({}),
      (open) => Promise.resolve(open),
    );
    const provider = WIRES[wire](endpoint);
    const failure: unknown = await provider
      .complete(completion(), listener())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ status: null, repeatable: true, mayHaveCost: false });
    expect((failure as Error).message).toContain('ECONNREFUSED');
    expect(await provider.reachable(listener().signal)).toEqual({
      ok: false,
      reason: 'the endpoint cannot be reached',
    });
  });

  test('says whether its endpoint is there, without a model call', () =>
    withModelEndpoint(
      () => ({}),
      async (endpoint) => {
        expect(await WIRES[wire](endpoint).reachable(listener().signal)).toEqual({ ok: true, reason: null });
        expect(endpoint.requests).toEqual([]);
      },
    ));
});
