import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** What commands need of the toolchains that a search path leads to. */
export interface Toolchains {
  /** Entries of the search path that exist inside. */
  readonly path: readonly string[];
  /** Folders and files to show read-only at their own place. */
  readonly readOnly: readonly string[];
  /** Where version managers find their versions, since HOME is another one inside. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Finds the toolchains on a search path: for each entry the installation it belongs to, and for each symbolic link in
 * it what the link leads to. The home folder itself, its private folders and other repositories are never among them.
 */
export function findToolchains(path: string, home: string, isShown: (path: string) => boolean): Toolchains {
  const kept: string[] = [];
  const readOnly = new Set<string>();
  const variables: Record<string, string> = {};
  for (const entry of new Set(path.split(':'))) {
    const roots = isFolder(entry) ? (isShown(entry) ? [] : rootsOf(entry, home)) : null;
    if (roots === null) continue;
    kept.push(entry);
    for (const root of roots) readOnly.add(root);
    Object.assign(variables, variablesOf(entry, home));
    for (const root of linkTargets(entry, home, isShown)) readOnly.add(root);
  }
  return { path: kept, readOnly: [...readOnly], variables };
}

interface VersionManager {
  /** Below the home folder; applies to every entry of the search path there. */
  readonly at: string;
  readonly roots: readonly string[];
  readonly variable?: readonly [name: string, value: string];
}

// Listed where "the prefix of a bin folder" would show too much (tokens beside the tools) or too little.
const MANAGERS: readonly VersionManager[] = [
  { at: '.asdf', roots: ['.asdf'], variable: ['ASDF_DATA_DIR', '.asdf'] },
  { at: '.bun/bin', roots: ['.bun/bin'] },
  { at: '.cargo/bin', roots: ['.cargo/bin', '.rustup'], variable: ['RUSTUP_HOME', '.rustup'] },
  { at: '.deno/bin', roots: ['.deno/bin'] },
  { at: '.ghcup', roots: ['.ghcup'] },
  { at: '.goenv', roots: ['.goenv'], variable: ['GOENV_ROOT', '.goenv'] },
  {
    at: '.local/bin',
    roots: ['.local/bin', '.local/share/uv/python', '.local/share/uv/tools', '.local/share/pipx/venvs'],
    variable: ['UV_PYTHON_INSTALL_DIR', '.local/share/uv/python'],
  },
  { at: '.local/share/fnm', roots: ['.local/share/fnm'] },
  {
    at: '.local/share/mise',
    roots: ['.local/share/mise'],
    variable: ['MISE_DATA_DIR', '.local/share/mise'],
  },
  { at: '.local/share/pnpm', roots: ['.local/share/pnpm'] },
  { at: '.local/share/uv/python', roots: ['.local/share/uv/python'] },
  { at: '.local/share/uv/tools', roots: ['.local/share/uv/tools', '.local/share/uv/python'] },
  { at: '.nodenv', roots: ['.nodenv'], variable: ['NODENV_ROOT', '.nodenv'] },
  { at: '.pyenv', roots: ['.pyenv'], variable: ['PYENV_ROOT', '.pyenv'] },
  { at: '.rbenv', roots: ['.rbenv'], variable: ['RBENV_ROOT', '.rbenv'] },
  { at: '.rustup', roots: ['.rustup'], variable: ['RUSTUP_HOME', '.rustup'] },
  { at: '.sdkman/candidates', roots: ['.sdkman/candidates'] },
  { at: '.volta', roots: ['.volta'], variable: ['VOLTA_HOME', '.volta'] },
  { at: 'bin', roots: ['bin'] },
  { at: 'go/bin', roots: ['go/bin'] },
];

const PRIVATE = new Set(
  '.aws .azure .claude .codex .config .docker .gcloud .gem .gnupg .kube .netrc .npmrc .password-store .ssh .tutti'.split(
    ' ',
  ),
);

/** What to show for one folder of programs; null when it must not be shown. */
function rootsOf(folder: string, home: string): string[] | null {
  const below = belowHome(folder, home);
  const manager = managerOf(below);
  if (manager !== undefined) return manager.roots.map((root) => join(home, root)).filter(existsSync);
  if (below === '' || PRIVATE.has(below?.split('/')[0] ?? '')) return null;
  if (folder.startsWith('/mnt/') || folder.split('/').includes('node_modules')) return null;
  if (isInRepository(folder, home)) return null;
  const prefix = dirname(folder);
  const isBin = ['bin', 'sbin', 'shims'].includes(basename(folder));
  const deep = prefix !== home && dirname(prefix) !== '/' && !isAbove(prefix, home);
  return isBin && deep && (prefix.startsWith('/opt/') || looksInstalled(prefix)) ? [prefix] : [folder];
}

/** The roots that the symbolic links in a folder of programs lead to, over every hop of each. */
function* linkTargets(folder: string, home: string, isShown: (path: string) => boolean): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    for (const hop of hopsOf(join(folder, entry.name))) {
      if (isShown(hop)) continue;
      const roots = rootsOf(dirname(hop), home) ?? [];
      const whole = roots.some((root) => root !== dirname(hop));
      yield* whole ? roots : roots.length === 0 ? [] : [hop];
    }
  }
}

function hopsOf(link: string): string[] {
  const hops: string[] = [];
  try {
    hops.push(realpathSync(link));
    for (let at = link; hops.length < 10;) {
      at = resolve(dirname(at), readlinkSync(at));
      hops.push(at);
    }
  } catch {
    // A dangling link leads nowhere; the end of a chain is no link.
  }
  return hops.filter(existsSync);
}

function variablesOf(folder: string, home: string): Record<string, string> {
  const variable = managerOf(belowHome(folder, home))?.variable;
  if (variable === undefined) return {};
  const [name, value] = variable;
  return existsSync(join(home, value)) ? { [name]: join(home, value) } : {};
}

const managerOf = (below: string | null) =>
  MANAGERS.find(({ at }) => below !== null && (below === at || below.startsWith(`${at}/`)));

const belowHome = (path: string, home: string) =>
  path === home ? '' : isAbove(home, path) ? path.slice(home.length + 1) : null;

const isAbove = (folder: string, path: string) => path.startsWith(`${folder}/`);

const looksInstalled = (prefix: string) =>
  ['lib', 'lib64', 'libexec', 'share', 'include'].some((name) => existsSync(join(prefix, name)));

function isInRepository(folder: string, home: string): boolean {
  for (let at = folder; at !== home && at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true;
  }
  return false;
}

function isFolder(path: string): boolean {
  if (!path.startsWith('/')) return false;
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}
