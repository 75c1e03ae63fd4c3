// A model endpoint on loopback that speaks Anthropic's messages and OpenAI's chat completions. Plain JavaScript, so
// that it also runs as a process of its own (model-endpoint-main.mjs). Types: model-endpoint-server.d.mts.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { anthropicEvents, openaiEvents } from './model-endpoint-wires.mjs';

const WIRES = {
  '/v1/messages': { name: 'anthropic', parse: parseAnthropic, events: anthropicEvents },
  '/v1/chat/completions': { name: 'openai', parse: parseOpenai, events: openaiEvents },
};

export async function startModelEndpoint(answer, { port = 0, key = null } = {}) {
  const requests = [];
  const stopped = new AbortController();
  const server = createServer((request, response) => {
    serve(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(JSON.stringify({ error: { type: 'api_error', message: String(error) } }));
    });
  });

  async function serve(request, response) {
    const { pathname } = new URL(request.url, 'http://loopback');
    const given = request.headers.authorization?.replace(/^Bearer /, '') ?? request.headers['x-api-key'];
    if (key !== null && given !== key) {
      fail(response, { status: 401, type: 'authentication_error' });
      return;
    }
    if (request.method === 'GET' && pathname === '/v1/models') {
      sendJson(response, 200, { data: [], object: 'list' });
      return;
    }
    const wire = WIRES[pathname];
    if (request.method !== 'POST' || wire === undefined) {
      fail(response, { status: 404, type: 'not_found_error' });
      return;
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const parsed = {
      number: requests.length + 1,
      wire: wire.name,
      headers: request.headers,
      body,
      ...wire.parse(body),
    };
    const record = { ...parsed, at: Date.now(), answered: false };
    requests.push(record);
    await reply(response, await answer(parsed), wire, parsed);
    record.answered = response.writableFinished;
  }

  async function reply(response, given, wire, request) {
    const wait = (ms) => pause(ms, undefined, { signal: stopped.signal }).catch(() => undefined);
    if (given.delay_ms > 0) await wait(given.delay_ms);
    if (given.fault === 'drop') response.socket.destroy();
    if (given.fault === 'drop' || given.fault === 'hang') return;
    if (given.status !== undefined && given.status !== 200) {
      fail(response, given);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', ...given.headers });
    if (given.raw === undefined) await stream(response, given, wire.events(given, request), wait);
    // What was sent reaches the client first, as it would over a network.
    if (given.fault === 'cut') await wait(50);
    if (given.fault === 'cut') response.socket.destroy();
    if (given.fault === 'cut' || given.fault === 'hang_mid') return;
    response.end(given.raw ?? (given.fault === 'error_event' ? errorEvent(wire.name) : ''));
    if (!response.destroyed) await Promise.race([once(response, 'finish'), once(response, 'close')]);
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: async () => {
      stopped.abort();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * Answers by recorded agents: the first whose `when` stands in the first user message and whose `tool` is offered
 * plays the turn that follows the assistant's turns so far (the last one again after the end). `first` of a turn are
 * replies to its first requests, one each.
 */
export function agentScript(agents) {
  const tried = new Map();
  return (request) => {
    const at = agents.findIndex(
      ({ when, tool }) =>
        (when === undefined || request.firstText.includes(when)) &&
        (tool === undefined || request.tools.includes(tool)),
    );
    if (at < 0)
      return { status: 400, type: 'invalid_request_error', message: 'no agent of the script is meant' };
    const { turns } = agents[at];
    const turn = turns[Math.min(request.turn, turns.length - 1)];
    const key = `${at}/${request.turn}`;
    const tries = tried.get(key) ?? 0;
    tried.set(key, tries + 1);
    return turn.first?.[tries] ?? turn;
  };
}

function parseAnthropic(body) {
  return describe(
    body,
    body.max_tokens,
    body.tools?.map((tool) => tool.name),
    (content) =>
      typeof content === 'string'
        ? content
        : content.map((block) => block.text ?? block.content ?? '').join('\n'),
  );
}

function parseOpenai(body) {
  const tools = body.tools?.map((tool) => tool.function.name);
  return describe(body, body.max_tokens ?? body.max_completion_tokens, tools, (content) => content ?? '');
}

function describe(body, maxTokens, tools, textOf) {
  const said = body.messages.filter((message) => message.role !== 'system');
  return {
    model: body.model,
    maxTokens,
    tools: tools ?? [],
    turn: said.filter((message) => message.role === 'assistant').length,
    firstText: said.length === 0 ? '' : textOf(said[0].content),
    lastText: said.length === 0 ? '' : textOf(said.at(-1).content),
  };
}

function fail(response, { status, type, message = `status ${status}`, headers = {}, body }) {
  sendJson(
    response,
    status,
    body ?? { type: 'error', error: { type: type ?? typeOf(status), message } },
    headers,
  );
}

function typeOf(status) {
  const types = {
    400: 'invalid_request_error',
    401: 'authentication_error',
    429: 'rate_limit_error',
    529: 'overloaded_error',
  };
  return types[status] ?? 'api_error';
}

function errorEvent(wire) {
  const error = { type: 'overloaded_error', message: 'Overloaded' };
  return wire === 'anthropic'
    ? `event: error\ndata: ${JSON.stringify({ type: 'error', error })}\n\n`
    : `data: ${JSON.stringify({ error })}\n\n`;
}

function sendJson(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Writes the events; with a fault in the middle, the first half of them. */
async function stream(response, given, events, wait) {
  const whole = given.fault === undefined || given.fault === 'no_usage';
  for (const event of whole ? events : events.slice(0, Math.ceil(events.length / 2))) {
    if (response.destroyed) return;
    if (!response.write(event)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    if (given.chunk_ms > 0) await wait(given.chunk_ms);
  }
}
