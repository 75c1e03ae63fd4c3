/** Where a command finds its home, in every box. */
export const HOME_INSIDE = '/home/agent';
export const WORKSPACE_INSIDE = '/workspace';

/** What every command gets, whatever the environment of Tutti holds. */
export function cleanEnvironment(folders: { path: string; home: string; temporary: string }) {
  return {
    PATH: folders.path,
    HOME: folders.home,
    TMPDIR: folders.temporary,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    CI: '1',
    // Byte code beside the sources would be committed with them where a repository ignores nothing.
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/** The variables of Tutti's own environment that only commands with network get: how to reach package registries. */
export function networkEnvironment(): Record<string, string> {
  return pick(NETWORK);
}

/** The variables that say where toolchains live, of those that Tutti itself was started with. */
export function toolchainEnvironment(): Record<string, string> {
  return pick(TOOLCHAINS);
}

const CERTIFICATES = [
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'NIX_SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'PIP_CERT',
  'REQUESTS_CA_BUNDLE',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
];

const REGISTRIES = [
  'GONOSUMDB',
  'GOPROXY',
  'GOSUMDB',
  'NPM_CONFIG_REGISTRY',
  'PIP_EXTRA_INDEX_URL',
  'PIP_FIND_LINKS',
  'PIP_INDEX_URL',
  'PIP_TRUSTED_HOST',
  'UV_DEFAULT_INDEX',
  'UV_INDEX_URL',
  'npm_config_registry',
];

const PROXIES = ['ALL_PROXY', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];

const NETWORK = [...CERTIFICATES, ...REGISTRIES, ...PROXIES, ...PROXIES.map((name) => name.toLowerCase())];

// Not CARGO_HOME or GOPATH: they must be writable, and their defaults below HOME are.
const TOOLCHAINS = [
  'ASDF_DATA_DIR',
  'DOTNET_ROOT',
  'GOROOT',
  'JAVA_HOME',
  'MISE_DATA_DIR',
  'PYENV_ROOT',
  'RBENV_ROOT',
  'RUSTUP_HOME',
  'UV_PYTHON_INSTALL_DIR',
  'VOLTA_HOME',
];

function pick(names: readonly string[]): Record<string, string> {
  const found = names.map((name) => [name, process.env[name] ?? ''] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== ''));
}
