import { existsSync, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { networkEnvironment, toolchainEnvironment } from './environment.ts';
import { findToolchains } from './toolchains.ts';

/** What a box shows of the host besides the workspace, always read-only and at its own place. */
export interface Box {
  readonly readOnly: readonly Shown[];
  /** Symbolic links of the root, such as `/bin` to `usr/bin`. */
  readonly links: readonly { readonly at: string; readonly to: string }[];
  /** PATH inside. */
  readonly path: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Added for a command with network. */
  readonly network: {
    readonly readOnly: readonly Shown[];
    readonly variables: Readonly<Record<string, string>>;
  };
  /** The folders of `readOnly` that are toolchains or asked for, for people to read. */
  readonly toolchains: readonly string[];
}

export interface Shown {
  readonly path: string;
  readonly isFolder: boolean;
}

/** Reads what this machine has: its system folders, the toolchains of a search path, and the folders asked for. */
export function readBox(choice: {
  readonly home: string;
  readonly path: string;
  readonly readOnly: readonly string[];
}): Box {
  const home = normalize(choice.home).replace(/(.)\/$/, '$1');
  const links = ROOTS.flatMap((at) => (isLink(at) ? [{ at, to: readlinkSync(at) }] : []));
  const system = ['/usr', '/nix/store', ...ROOTS.filter((root) => !isLink(root)), ...etc()].filter(
    existsSync,
  );
  const covered = (path: string) => isCovered(resolveLinks(path, links), system);
  const toolchains = findToolchains(choice.path, home, covered);
  const asked = outermost([...choice.readOnly, ...toolchains.readOnly].filter((path) => !covered(path)));
  const variables = networkEnvironment();
  const files = Object.values(variables).filter((value) => value.startsWith('/') && !covered(value));
  const shown = [...system, ...asked];
  return {
    readOnly: describe(outermost(shown)),
    links,
    path: [...new Set([...toolchains.path, '/usr/local/bin', '/usr/bin', '/bin'])].join(':'),
    variables: {
      ...Object.fromEntries(
        Object.entries(toolchainEnvironment()).filter(([, folder]) => isCovered(folder, shown)),
      ),
      ...toolchains.variables,
    },
    network: {
      readOnly: describe(outermost([...NETWORK_FILES, ...files].filter((path) => !isCovered(path, shown)))),
      variables,
    },
    toolchains: asked,
  };
}

const ROOTS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

// By name: beside these lie shadow, private keys of certificates and configuration with passwords. A short list, as
// each bind costs bubblewrap a reading of the whole table of mounts.
const ETC = new Set(
  `alternatives group hosts ld.so.cache ld.so.conf ld.so.conf.d localtime mime.types nsswitch.conf os-release passwd
  protocols services`.split(/\s+/),
);
const ETC_FAMILIES = /^(?:fonts|java|maven|perl|php)[-.\w]*$/;
const ETC_CERTIFICATES = [
  '/etc/pki/ca-trust',
  '/etc/pki/java',
  '/etc/pki/tls/cert.pem',
  '/etc/pki/tls/certs',
];
const ETC_TLS = ['/etc/pki/tls/openssl.cnf', '/etc/ssl/certs', '/etc/ssl/cert.pem', '/etc/ssl/openssl.cnf'];

// Configuration may name a registry together with its password: nothing for a command without network.
const NETWORK_FILES = [
  '/etc/resolv.conf',
  '/etc/gai.conf',
  '/etc/host.conf',
  '/etc/crypto-policies',
  '/etc/pip.conf',
  '/etc/npmrc',
  '/etc/uv/uv.toml',
];

function etc(): string[] {
  const named = readdirSync('/etc').filter((name) => ETC.has(name) || ETC_FAMILIES.test(name));
  return [...named.map((name) => join('/etc', name)), ...ETC_CERTIFICATES, ...ETC_TLS];
}

function resolveLinks(path: string, links: Box['links']): string {
  const link = links.find(({ at }) => path === at || path.startsWith(`${at}/`));
  return link === undefined ? path : join('/', link.to, path.slice(link.at.length));
}

const isCovered = (path: string, by: readonly string[]) =>
  by.some((root) => path === root || path.startsWith(`${root}/`));

/** Without what lies below another one of them, sorted so that parents come first. */
function outermost(paths: readonly string[]): string[] {
  const all = [...new Set(paths)].sort();
  return all.filter((path) => !all.some((other) => other !== path && path.startsWith(`${other}/`)));
}

function describe(paths: readonly string[]): Shown[] {
  return paths.filter(existsSync).map((path) => ({ path, isFolder: statSync(path).isDirectory() }));
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** What the kernel lets root change through /proc, capabilities or not: `sys/kernel/core_pattern` runs a program. */
export const PROC_OF_THE_MACHINE = ['bus', 'irq', 'sys', 'sysrq-trigger'].map((name) => `/proc/${name}`);
