import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createToken, ensureHomeToken, listTokens, revokeToken, tokenReader } from '../../src/api/tokens.ts';
import { homePaths } from '../../src/home.ts';
import { withDoor } from '../support/api.ts';
import type { Api } from '../support/api.ts';

test('a request without a token, with a wrong one or with a revoked one is told how to get in', () =>
  withDoor(async (api) => {
    for (const token of [null, 'tutti_wrong', 'x'.repeat(5_000)]) {
      const { status, json, headers } = await api.request('GET', '/orchestrate/jobs', { token });
      expect([status, json?.['code'], headers.get('www-authenticate')]).toEqual([
        401,
        'unauthenticated',
        'Bearer realm="tutti"',
      ]);
    }
    const basic = await api.request('GET', '/orchestrate/jobs', {
      token: null,
      headers: { authorization: 'Basic YTpi' },
    });
    expect(basic.status).toBe(401);
    const asQuery = await api.request('GET', `/orchestrate/jobs?token=${api.token()}`, { token: null });
    expect(asQuery.status).toBe(401);
  }));

test('a token without the role is refused, and the answer names the roles that may', () =>
  withDoor(async (api) => {
    const code = async (
      roles: Parameters<Api['token']>[1],
      method: string,
      to: string,
      body: unknown = {},
    ) => {
      const answered = await api.request(method, to, { token: api.token('bo', roles), body });
      return answered.json?.['code'] ?? answered.status;
    };
    const spec = { title: 'A', description: 'B', provider: 'outline' };
    expect(await code(['reviewer'], 'POST', '/orchestrate/submit', spec)).toBe('role_required');
    expect(await code(['submitter'], 'POST', '/orchestrate/submit', { ...spec, auto_approve: true })).toBe(
      'role_required',
    );
    expect(await code(['submitter'], 'POST', '/orchestrate/j12345678a/approve')).toBe('role_required');
    expect(await code(['operator'], 'POST', '/orchestrate/j12345678a/reject')).toBe('role_required');
    expect(
      await code(['submitter', 'reviewer'], 'POST', '/orchestrate/j12345678a/budget', { limit_usd: 1 }),
    ).toBe('role_required');
    expect(await code(['reviewer'], 'POST', '/orchestrate/j12345678a/cancel')).toBe('role_required');
    expect(await code(['reviewer'], 'POST', '/orchestrate/nojob/close')).toBe('job_not_found');
  }));

test('a Host header that is not ours is refused, so that no page elsewhere can call in', () =>
  withDoor(
    async (api) => {
      const status = (host: string): Promise<number> =>
        new Promise((resolve, reject) => {
          const { port } = new URL(api.url);
          httpRequest({ port, host: '127.0.0.1', path: '/healthz', headers: { host } }, (res) => {
            res.resume();
            resolve(res.statusCode ?? 0);
          })
            .on('error', reject)
            .end();
        });
      expect(await status('evil.example')).toBe(421);
      expect(await status('127.0.0.1.evil.example')).toBe(421);
      expect(await status('localhost:1234')).toBe(200);
      expect(await status('[::1]:8700')).toBe(200);
      expect(await status('tutti.example.org')).toBe(200);
    },
    { env: { TUTTI_PUBLIC_URL: 'https://tutti.example.org/' } },
  ));

test('health, documents and their page need no token, and the page loads nothing from elsewhere', () =>
  withDoor(async (api) => {
    const health = await api.request('GET', '/healthz', { token: null });
    expect(health.json).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    expect((await api.request('GET', '/openapi.json', { token: null })).json?.['openapi']).toBe('3.1.0');
    const page = await api.request('GET', '/docs', { token: null });
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect([...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1])).toEqual([
      '/docs/swagger-ui.css',
      '/docs/swagger-ui-bundle.js',
      '/docs/page.js',
    ]);
  }));

test('more than 1,200 requests a minute with one token are too many; another token is not touched', () =>
  withDoor(async (api) => {
    const token = api.token('busy');
    const statuses = new Map<number, number>();
    for (let round = 0; round < 121; round++) {
      const answered = await Promise.all(
        Array.from({ length: 10 }, () => api.request('GET', '/orchestrate/jobs?limit=0', { token })),
      );
      for (const { status } of answered) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect(Object.fromEntries(statuses)).toEqual({ 400: 1_200, 429: 10 });
    expect((await api.request('GET', '/orchestrate/jobs?limit=0')).status).toBe(400);
  }));

describe('the file of tokens', () => {
  async function withHome(use: (home: ReturnType<typeof homePaths>) => void): Promise<void> {
    const dir = await mkdtemp(path.join(tmpdir(), 'tutti-tokens-'));
    try {
      use(homePaths(dir));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  test('holds hashes only, and is readable by its owner only', () =>
    withHome((home) => {
      const { token, record } = createToken(home.tokens, { name: 'ana', roles: ['reviewer'] });
      expect(readFileSync(home.tokens, 'utf8')).not.toContain(token);
      expect(record.hash).toMatch(/^[0-9a-f]{64}$/);
      expect(statSync(home.tokens).mode & 0o777).toBe(0o600);
    }));

  test('is read again when it changes: a revoked or expired token opens nothing', () =>
    withHome((home) => {
      const read = tokenReader(home.tokens, 'secret');
      const { token, record } = createToken(home.tokens, { name: 'ana', roles: ['reviewer'] });
      const late = createToken(home.tokens, {
        name: 'bo',
        roles: ['admin'],
        expiresAt: new Date(Date.now() - 1),
      });
      expect(read(token)).toEqual({ tokenId: record.id, subject: 'ana', roles: ['reviewer'] });
      expect(read(late.token)).toBeNull();
      expect(read('secret')).toMatchObject({ subject: 'admin', roles: ['admin'] });
      expect(revokeToken(home.tokens, 'ana')).toHaveLength(1);
      expect(read(token)).toBeNull();
      expect(listTokens(home.tokens).map(({ name }) => name)).toEqual(['bo']);
    }));

  test('gets the token of the home once, with all roles and mode 0600', () =>
    withHome((home) => {
      const token = ensureHomeToken(home);
      expect(ensureHomeToken(home)).toBe(token);
      expect(statSync(home.token).mode & 0o777).toBe(0o600);
      expect(tokenReader(home.tokens, null)(token)?.roles).toEqual([
        'submitter',
        'reviewer',
        'operator',
        'admin',
      ]);
    }));
});
