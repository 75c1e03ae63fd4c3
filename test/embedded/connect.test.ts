import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectTemporal } from '../../src/embedded/connect.ts';

const NONE = { temporal: { address: null, profile: null } };

test('nobody named a server: the embedded one, even where a temporal.toml exists', () =>
  withToml(({ env }) => expect(connectTemporal(NONE, env)).toBeNull()));

test('an address is taken with its variables, and a temporal.toml that merely exists is not read', () =>
  withToml(({ env }) => {
    const named = { ...env, TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_NAMESPACE: 'work' };
    const target = connectTemporal({ temporal: { address: 'temporal.example:7233', profile: null } }, named);
    expect(target).toEqual({ connection: { address: 'temporal.example:7233' }, namespace: 'work' });
  }));

test('a profile is read from the file, and the variables beat it', () =>
  withToml(({ env }) => {
    const config = { temporal: { address: null, profile: 'cloud' } };
    expect(connectTemporal(config, { ...env, TEMPORAL_ADDRESS: '' })).toMatchObject({
      connection: { address: 'cloud.example:7233', apiKey: 'file-key', tls: true },
      namespace: 'theirs',
    });
    expect(connectTemporal(config, { ...env, TEMPORAL_NAMESPACE: 'mine' })?.namespace).toBe('mine');
    expect(() => connectTemporal({ temporal: { address: null, profile: 'nobody' } }, env)).toThrow(/nobody/);
    expect(() => connectTemporal({ temporal: { address: null, profile: 'empty' } }, env)).toThrow(
      /names no address/,
    );
  }));

function withToml(use: (place: { env: Record<string, string> }) => void): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'tutti-connect-'));
  try {
    const place = path.join(
      folder,
      process.platform === 'darwin' ? 'Library/Application Support' : '',
      'temporalio',
    );
    mkdirSync(place, { recursive: true });
    writeFileSync(
      path.join(place, 'temporal.toml'),
      '[profile.default]\naddress = "default.example:7233"\n[profile.empty]\nnamespace = "x"\n' +
        '[profile.cloud]\naddress = "cloud.example:7233"\nnamespace = "theirs"\napi_key = "file-key"\n',
    );
    use({ env: { XDG_CONFIG_HOME: folder, HOME: folder } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
