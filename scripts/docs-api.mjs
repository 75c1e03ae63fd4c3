// Writes docs/api.md from the route table and the table of errors of the last build; with --check it only compares.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { openApiDocument } from '../dist/src/contract/openapi.js';
import { ROUTES } from '../dist/src/contract/routes.js';
import { BODY_ERRORS, COMMON_ERRORS } from '../dist/src/contract/route.js';
import { EVENT_TYPES } from '../dist/src/contract/events.js';
import { ACCESS, ROLES, rolesFor } from '../dist/src/domain/access.js';
import { ERRORS } from '../dist/src/domain/errors.js';

const root = path.resolve(import.meta.dirname, '..');
const file = path.join(root, 'docs/api.md');
const { components } = openApiDocument('0');

const markdown = [
  '# REST API',
  '',
  'Generated from the route table (`src/contract/routes.ts`) by `npm run docs`. The same as OpenAPI 3.1: `GET /openapi.json`, as a page: `/docs`.',
  '',
  "JSON in snake_case, moments in ISO 8601 UTC, money as US dollars in fields ending in `_usd`. A token goes in `Authorization: Bearer`; the one of the server's user lies in its home (`~/.tutti/token`). `Idempotency-Key` on POST and DELETE makes a repetition take effect once. A body has at most 1 MB; unknown fields are errors.",
  '',
  '## Routes',
  '',
  '| route | does | roles |',
  '|---|---|---|',
  ...Object.values(ROUTES).map(
    (route) => `| \`${route.method} ${route.path}\` | ${route.summary} | ${rolesOf(route)} |`,
  ),
  '',
  ...Object.entries(ROUTES).flatMap(([name, route]) => section(name, route)),
  '## Roles',
  '',
  "A token may hold several roles. *own*: jobs that the token's name has submitted.",
  '',
  `| may | ${ROLES.join(' | ')} |`,
  `|---|${ROLES.map(() => '---').join('|')}|`,
  ...Object.entries(ACCESS).map(
    ([may, row]) => `| ${may} | ${ROLES.map((role) => row[role] ?? '').join(' | ')} |`,
  ),
  '',
  '## Events',
  '',
  `${EVENT_TYPES.map((type) => `\`${type}\``).join(', ')}. All but \`turn.finished\` and \`reset\` carry an id to resume from; a \`reset\` holds the whole status, for a reader who is behind the oldest event that is kept.`,
  '',
  '## Errors',
  '',
  `Every error is \`application/problem+json\` (RFC 9457) with a stable \`code\`. Beside its own, a route that needs a token can answer ${codes(COMMON_ERRORS)}; one with a body also ${codes(BODY_ERRORS)}. Those without an HTTP status of a request's (\`checks_failed\`, \`gave_up\` …) are the errors of tasks in a status.`,
  '',
  '| status | code | repeating may help |',
  '|---|---|---|',
  ...Object.entries(ERRORS).map(
    ([code, row]) => `| ${row.status} | \`${code}\` | ${row.retryable ? 'yes' : ''} |`,
  ),
  '',
  '## Shapes',
  '',
  ...Object.entries(components?.schemas ?? {})
    .filter(([name]) => !name.endsWith('Output'))
    .flatMap(([name, schema]) => shape(name, schema)),
].join('\n');
const text = await format(markdown, { parser: 'markdown' });

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') === text) process.exit(0);
  console.error('docs/api.md is not what the route table says: run "npm run docs"');
  process.exit(1);
}
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, text);

function rolesOf({ permission }) {
  return permission === null ? 'none needed' : rolesFor(permission).join(', ');
}

function section(name, route) {
  const query = Object.entries(route.query?.shape ?? {});
  const answers = Object.entries(route.answers).map(
    ([status, { description, json, text: type }]) =>
      `- **${status}** ${description}${[shapeName(json), type && `\`${type}\``]
        .filter(Boolean)
        .map((what) => `, ${what}`)
        .join('')}`,
  );
  return [
    `### ${route.method} ${route.path}`,
    '',
    `${route.summary}.${route.body ? ` Body: ${shapeName(route.body)}.` : ''}`,
    '',
    ...query.map(([field, schema]) => `- \`?${field}=\` ${schema.meta()?.description ?? ''}`.trimEnd()),
    ...(query.length > 0 ? [''] : []),
    ...answers,
    ...(route.errors.length > 0 ? [`- errors: ${codes(route.errors)}`] : []),
    '',
  ];
}

function codes(list) {
  return list.map((code) => `\`${code}\``).join(', ');
}

function shapeName(schema) {
  const id = schema?.meta()?.id;
  return id ? `[${id}](#${id.toLowerCase()})` : schema ? 'JSON' : '';
}

function shape(name, schema) {
  if (schema.enum) return [`### ${name}`, '', schema.enum.map((value) => `\`${value}\``).join(', '), ''];
  const rows = Object.entries(schema.properties ?? {}).map(
    ([field, inner]) =>
      `| \`${field}\` | ${typeOf(inner)} | ${schema.required?.includes(field) ? 'yes' : ''} | ${(inner.description ?? '').replaceAll('|', '\\|')} |`,
  );
  return [`### ${name}`, '', '| field | type | always | |', '|---|---|---|---|', ...rows, ''];
}

function typeOf(schema) {
  if (schema.$ref)
    return `[${schema.$ref.split('/').at(-1)}](#${schema.$ref.split('/').at(-1).toLowerCase()})`;
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(' ');
  if (schema.type === 'array') return `array of ${typeOf(schema.items ?? {})}`;
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  if (schema.format) return `${schema.type} (${schema.format})`;
  return schema.type ?? 'anything';
}
