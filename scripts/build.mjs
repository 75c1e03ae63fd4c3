// Compiles to dist/, copies what is read at run time as a file, and bundles the workflows once, so that a
// worker starts without webpack.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
rmSync(dist, { recursive: true, force: true });

const require = createRequire(import.meta.url);
const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });

for (const folder of ['src/activities/prompts', 'src/activities/tools']) {
  if (!existsSync(path.join(root, folder))) continue;
  cpSync(path.join(root, folder), path.join(dist, folder), {
    recursive: true,
    filter: (source) => !source.endsWith('.ts'),
  });
}

const swagger = path.join(dist, 'src/api/swagger');
mkdirSync(swagger, { recursive: true });
for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css'])
  cpSync(require.resolve(`swagger-ui-dist/${file}`), path.join(swagger, file));

const { bundleWorkflowCode } = await import('@temporalio/worker');
const quiet = { trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error, log() {} };
const { code } = await bundleWorkflowCode({
  workflowsPath: path.join(dist, 'src/workflows/index.js'),
  logger: quiet,
});
writeFileSync(path.join(dist, 'workflow-bundle.js'), code);
chmodSync(path.join(dist, 'src/cli/main.js'), 0o755);
