import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, describeConfig, loadConfig, withoutSecrets } from '../src/config.ts';

const OWN_CHECKOUT = path.resolve(import.meta.dirname, '..');

describe('the configuration', () => {
  test('without flags, variables and file is made of the documented defaults', () =>
    withFolder((folder) => {
      const { config, sources } = load(folder);
      expect(config).toMatchObject({
        file: null,
        host: '127.0.0.1',
        port: 8700,
        publicUrl: null,
        repo: null,
        repositories: { allow: [] },
        sandbox: 'auto',
        sandboxReadOnly: [],
        provider: null,
        models: [],
        defaults: { budgetUsd: 5, maxWorkers: 3, maxAttempts: 1, model: null, plannerModel: null },
        limits: {
          tasks: 16,
          commands: availableParallelism(),
          memoryMb: 4096,
          commandSeconds: 600,
          usdPerDay: null,
          turnsPerJob: 500,
        },
        approval: { bySignal: true },
        git: { author: 'Tutti <tutti@localhost>' },
        training: { enabled: false },
        hostId: hostname(),
        temporal: { address: null, profile: null },
        secrets: { anthropicApiKey: null, openaiApiKey: null, adminToken: null },
      });
      expect(new Set(Object.values(sources))).toEqual(new Set(['default', 'env TUTTI_HOME']));
    }));

  test('takes a flag before a variable before the file, and says which', () =>
    withFolder((folder) => {
      writeFile(folder, 'host: 10.0.0.1\nport: 1\nsandbox: none\nlimits:\n  tasks: 64\n');
      const env = { TUTTI_PORT: '2', TUTTI_HOST: '10.0.0.2' };
      const { config, sources } = load(folder, { env, flags: { port: '3' } });
      expect(config).toMatchObject({ host: '10.0.0.2', port: 3, sandbox: 'none', limits: { tasks: 64 } });
      expect(sources).toMatchObject({
        port: 'flag --port',
        host: 'env TUTTI_HOST',
        sandbox: `file ${folder}/home/tutti.yaml:3`,
        'limits.tasks': `file ${folder}/home/tutti.yaml:5`,
        'git.author': 'default',
      });
    }));

  test('names every unknown key with its line and the nearest known one', () =>
    withFolder((folder) => {
      writeFile(
        folder,
        'hsot: x\nlimits:\n  tsks: 3\n  commands: 2\ntasks: 4\nmodels:\n  m:\n    input_usd_per_mtok: 1\n    output_usd_per_mtok: 1\n    context_token: 5\n',
      );
      const file = `${folder}/home/tutti.yaml`;
      expect(problems(folder)).toEqual([
        `${file}:1: unknown key "hsot"; did you mean "host"?`,
        `${file}:3: unknown key "limits.tsks"; did you mean "limits.tasks"?`,
        `${file}:5: unknown key "tasks"; did you mean "limits.tasks"?`,
        `${file}:10: unknown key "models.m.context_token"; did you mean "context_tokens"?`,
      ]);
    }));

  test.each([
    ['port: 70000', /tutti\.yaml:1: port: /],
    ['port: "8700"', /port: /],
    ['limits: 3', /limits must be a map/],
    ['- a', /the file must be a map/],
    ['host: a\nhost: b', /tutti\.yaml:2: .*unique/],
    ['host: [', /tutti\.yaml:1: /],
    ['git:\n  author: nobody', /git\.author: must look like "Name <address>"/],
    ['sandbox: docker', /sandbox: /],
    ['defaults:\n  budget_usd: .nan', /defaults\.budget_usd: /],
    ['defaults:\n  max_workers: 65', /defaults\.max_workers: /],
    ['provider: claude', /provider: /],
    ['models:\n  m: {}', /models\.m\.input_usd_per_mtok: /],
    ['public_url: ftp://x', /public_url: /],
  ])('refuses %j', (text, reason) =>
    withFolder((folder) => {
      writeFile(folder, text);
      expect(problems(folder).join('\n')).toMatch(reason);
    }),
  );

  test('refuses a bad variable, a bad flag and a named file that is not there', () =>
    withFolder((folder) => {
      expect(problems(folder, { env: { TUTTI_PORT: 'http' }, flags: { sandbox: 'maybe' } })).toEqual([
        expect.stringMatching(/^env TUTTI_PORT: port: /),
        expect.stringMatching(/^flag --sandbox: sandbox: /),
      ]);
      expect(problems(folder, { env: { TUTTI_CONFIG: 'other.yaml' } })).toEqual([
        `there is no configuration file ${folder}/other.yaml`,
      ]);
    }));

  test('reads the file that is named, and never one in a source repository or an .env', () =>
    withFolder((folder) => {
      writeFileSync(path.join(folder, 'tutti.yaml'), 'port: 1\n');
      writeFileSync(path.join(folder, '.env'), 'TUTTI_PORT=1\n');
      writeFileSync(path.join(folder, 'named.yaml'), 'port: 5\n');
      writeFile(folder, '# nothing set\n');
      expect(load(folder).config.port).toBe(8700);
      expect(load(folder, { flags: { config: 'named.yaml' } }).config.port).toBe(5);
      expect(load(folder, { env: { TUTTI_CONFIG: `${folder}/named.yaml` } }).config.port).toBe(5);
    }));

  test('approval by signal is on where only this machine can reach the server, or where the file says so', () =>
    withFolder((folder) => {
      const bySignal = (host: string) => load(folder, { flags: { host } }).config.approval.bySignal;
      expect(['localhost', '127.0.0.9', '::1', '0.0.0.0', '10.0.0.1'].map(bySignal)).toEqual([
        true,
        true,
        true,
        false,
        false,
      ]);
      writeFile(folder, 'approval: {by_signal: true}');
      expect(bySignal('0.0.0.0')).toBe(true);
    }));

  test('resolves folders by who named them: the file by its own, the command line by where it was called', () =>
    withFolder((folder) => {
      writeFile(
        folder,
        'repo: ../here\nsandbox_read_only: [~/tools]\nrepositories:\n  allow: [../work, "https://git.example/", "git@git.example:team/"]\n',
      );
      const { config } = load(folder, { env: { HOME: '/home/ana' } });
      expect(config.repo).toBe(`${folder}/here`);
      expect(config.sandboxReadOnly).toEqual(['/home/ana/tools']);
      expect(config.repositories.allow).toEqual([
        `${folder}/work`,
        'https://git.example/',
        'git@git.example:team/',
      ]);
      expect(load(folder, { flags: { repo: 'x' } }).config.repo).toBe(`${folder}/x`);
      expect(
        load(OWN_CHECKOUT, { home: folder, env: { INIT_CWD: folder, TUTTI_REPO: 'y' } }).config.repo,
      ).toBe(`${folder}/y`);
    }));

  test('the default repository is the one that Tutti was called in, and never its own checkout', () =>
    withFolder((folder) => {
      mkdirSync(path.join(folder, 'repo/.git'), { recursive: true });
      mkdirSync(path.join(folder, 'repo/src/deep'), { recursive: true });
      const deep = path.join(folder, 'repo/src/deep');
      expect(load(deep, { home: folder }).config.repo).toBe(path.join(folder, 'repo'));
      expect(load(OWN_CHECKOUT, { home: folder, env: { INIT_CWD: deep } }).config.repo).toBe(
        path.join(folder, 'repo'),
      );
      expect(load(OWN_CHECKOUT, { home: folder }).config.repo).toBeNull();
      expect(load(path.join(OWN_CHECKOUT, 'src'), { home: folder }).config.repo).toBeNull();
    }));

  test('models get cache prices of their input and the provider that fits', () =>
    withFolder((folder) => {
      const prices = '{input_usd_per_mtok: 2, output_usd_per_mtok: 8}';
      writeFile(
        folder,
        `models:\n  local-coder: ${prices}\n  claude-next: ${prices}\n  x: {input_usd_per_mtok: 2, output_usd_per_mtok: 8, cache_read_usd_per_mtok: 0.2, context_tokens: 9, provider: anthropic}\n`,
      );
      const price = { input: 2, output: 8, cacheRead: 2, cacheWrite: 2 };
      expect(load(folder).config.models).toEqual([
        { id: 'local-coder', provider: 'openai', contextTokens: 128_000, price },
        { id: 'claude-next', provider: 'anthropic', contextTokens: 128_000, price },
        { id: 'x', provider: 'anthropic', contextTokens: 9, price: { ...price, cacheRead: 0.2 } },
      ]);
    }));
});

describe('secrets', () => {
  const env = {
    ANTHROPIC_API_KEY: 'canary-1',
    OPENAI_API_KEY: 'canary-2',
    TUTTI_ADMIN_TOKEN: 'canary-3',
    ARW_ADMIN_TOKEN: 'canary-4',
    TUTTI_TOKEN: 'canary-5',
    TUTTI_HUB_URL: 'https://user:canary-6@git.example/hubs/',
  };

  test('are kept apart, TUTTI_ before ARW_, and masked when the configuration is described', () =>
    withFolder((folder) => {
      const { config, sources } = load(folder, { env });
      expect(config.secrets).toEqual({
        anthropicApiKey: 'canary-1',
        openaiApiKey: 'canary-2',
        adminToken: 'canary-3',
      });
      expect(load(folder, { env: { ARW_ADMIN_TOKEN: 'a' } }).config.secrets.adminToken).toBe('a');
      const rows = describeConfig(config, sources);
      expect(JSON.stringify(rows)).not.toMatch(/canary/);
      expect(rows).toEqual(
        expect.arrayContaining([
          { key: 'port', value: '8700', source: 'default' },
          { key: 'limits.command_s', value: '600', source: 'default' },
          { key: 'approval.by_signal', value: 'true', source: 'default' },
          { key: 'TUTTI_HUB_URL', value: 'https://********@git.example/hubs/', source: 'env TUTTI_HUB_URL' },
          { key: 'ANTHROPIC_API_KEY', value: '********', source: 'env' },
        ]),
      );
      expect(rows.every((row) => !row.value.includes('undefined'))).toBe(true);
    }));

  test('are not in the environment of a process that runs commands', () => {
    expect(withoutSecrets({ ...env, PATH: '/bin' })).toEqual({
      PATH: '/bin',
      TUTTI_HUB_URL: env.TUTTI_HUB_URL,
    });
  });
});

type Given = { env?: Record<string, string>; flags?: Record<string, string>; home?: string };

const load = (cwd: string, { env = {}, flags = {}, home = cwd }: Given = {}) =>
  loadConfig({ env: { TUTTI_HOME: path.join(home, 'home'), ...env }, flags, cwd });

function problems(folder: string, given: Given = {}): readonly string[] {
  try {
    load(folder, given);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function writeFile(folder: string, text: string): void {
  mkdirSync(path.join(folder, 'home'), { recursive: true });
  writeFileSync(path.join(folder, 'home/tutti.yaml'), text);
}

function withFolder(use: (folder: string) => void): void {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'tutti-config-')));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
