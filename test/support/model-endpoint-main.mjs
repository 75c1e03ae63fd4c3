// `node test/support/model-endpoint-main.mjs agents.json [port]`: the endpoint as a process. The file holds a list of
// agents (see agentScript). Prints its URL, then one line of JSON per request, until SIGTERM.
import { readFileSync } from 'node:fs';
import { agentScript, startModelEndpoint } from './model-endpoint-server.mjs';

const [file, port = '0'] = process.argv.slice(2);
const play = agentScript(JSON.parse(readFileSync(file, 'utf8')));
const endpoint = await startModelEndpoint(
  (request) => {
    const { number, wire, model, maxTokens, turn } = request;
    process.stdout.write(`${JSON.stringify({ number, wire, model, maxTokens, turn })}\n`);
    return play(request);
  },
  { port: Number(port) },
);
process.stdout.write(`${endpoint.url}\n`);
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void endpoint.close());
