// How a reply looks on each wire, as a list of server-sent events.

export function anthropicEvents(reply, request) {
  const event = (type, data) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  const usage = usageOf(reply, request);
  const input = {
    input_tokens: usage.input,
    cache_read_input_tokens: usage.cache_read,
    cache_creation_input_tokens: usage.cache_write,
  };
  const message = {
    id: `msg_${request.number}`,
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...input, output_tokens: 1 },
  };
  const block = (index, start, deltas) => [
    event('content_block_start', { index, content_block: start }),
    ...(index === 0 ? [event('ping', {})] : []),
    ...deltas.map((delta) => event('content_block_delta', { index, delta })),
    event('content_block_stop', { index }),
  ];
  const blocks = [];
  const add = (start, deltas) => blocks.push(...block(blocks.index++, start, deltas));
  blocks.index = 0;
  if (reply.thinking !== undefined)
    add({ type: 'thinking', thinking: '', signature: '' }, [
      ...pieces(reply.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: 'c2lnbmVk' },
    ]);
  for (const other of reply.blocks ?? []) add(other, []);
  if (reply.text !== undefined)
    add(
      { type: 'text', text: '' },
      pieces(reply.text).map((text) => ({ type: 'text_delta', text })),
    );
  for (const [n, call] of callsOf(reply, request).entries())
    add(
      { type: 'tool_use', id: call.id ?? `toolu_${request.number}_${n + 1}`, name: call.name, input: {} },
      pieces(call.text).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    );
  const stop = { context_full: 'model_context_window_exceeded' }[reply.stop] ?? reply.stop;
  const delta = {
    stop_reason: stop ?? (reply.calls?.length > 0 ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
  };
  return [
    event('message_start', { message }),
    ...blocks,
    event('message_delta', { delta, usage: { ...input, output_tokens: usage.output } }),
    event('message_stop', {}),
  ];
}

export function openaiEvents(reply, request) {
  const chunk = (fields) =>
    `data: ${JSON.stringify({ id: `chatcmpl-${request.number}`, object: 'chat.completion.chunk', created: 0, model: request.model, ...fields })}\n\n`;
  const delta = (fields, finish_reason = null) =>
    chunk({ choices: [{ index: 0, delta: fields, finish_reason }] });
  const usage = usageOf(reply, request);
  const calls = callsOf(reply, request).flatMap((call, index) => {
    const id = call.id ?? `call_${request.number}_${index + 1}`;
    if (reply.quirk === 'ollama')
      return [delta({ tool_calls: [{ index: 0, function: { name: call.name, arguments: call.input } }] })];
    return [
      delta({ tool_calls: [{ index, id, type: 'function', function: { name: call.name, arguments: '' } }] }),
      ...pieces(call.text).map((text) => delta({ tool_calls: [{ index, function: { arguments: text } }] })),
    ];
  });
  const stops = {
    end_turn: 'stop',
    pause_turn: 'stop',
    tool_use: 'tool_calls',
    max_tokens: 'length',
    refusal: 'content_filter',
  };
  const stop = reply.quirk === 'ollama' ? 'stop' : stops[reply.stop];
  return [
    delta({ role: 'assistant', content: '' }),
    ...pieces(reply.thinking ?? '').map((reasoning_content) => delta({ reasoning_content })),
    ...pieces(reply.text ?? '').map((content) => delta({ content })),
    ...calls,
    delta({}, stop ?? (reply.calls?.length > 0 ? 'tool_calls' : 'stop')),
    ...(reply.fault === 'no_usage'
      ? []
      : [
          chunk({
            choices: [],
            usage: {
              prompt_tokens: usage.input + usage.cache_read + usage.cache_write,
              completion_tokens: usage.output,
              total_tokens: usage.input + usage.cache_read + usage.cache_write + usage.output,
              prompt_tokens_details: {
                cached_tokens: usage.cache_read,
                cache_write_tokens: usage.cache_write,
              },
            },
          }),
        ]),
    'data: [DONE]\n\n',
  ];
}

/** The text of each call's input as it is streamed: `raw_input` where the reply gives it word for word. */
function callsOf(reply) {
  return (reply.calls ?? []).map((call) => ({
    ...call,
    text: call.raw_input ?? JSON.stringify(call.input ?? {}),
  }));
}

/** Four bytes a token; what the call before already sent is read from the cache. */
function usageOf(reply, request) {
  const tokens = (value) => Math.ceil(Buffer.byteLength(JSON.stringify(value)) / 4);
  const messages = request.body.messages;
  const last = messages.findLastIndex((message) => message.role === 'assistant');
  const all = tokens(request.body);
  const before = last < 0 ? 0 : all - tokens(messages.slice(last));
  const output = tokens([reply.text, reply.thinking, reply.calls]);
  return { input: 0, output, cache_read: before, cache_write: all - before, ...reply.usage };
}

/** At most a hundred pieces, none empty, cut at whole characters. */
function pieces(text) {
  const size = Math.max(24, Math.ceil(text.length / 100));
  return text.match(new RegExp(`[^]{1,${size}}(?![\\uDC00-\\uDFFF])|[^]{1,${size}}`, 'g')) ?? [];
}
