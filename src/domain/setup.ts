/** Lockfiles at a repository's root and the setup that each suggests, the first that is there wins within its tool. */
const LOCKFILES: readonly { readonly file: string; readonly tool: string; readonly command: string }[] = [
  { file: 'package-lock.json', tool: 'node', command: 'npm ci' },
  { file: 'npm-shrinkwrap.json', tool: 'node', command: 'npm ci' },
  { file: 'pnpm-lock.yaml', tool: 'node', command: 'pnpm install --frozen-lockfile' },
  { file: 'yarn.lock', tool: 'node', command: 'yarn install --frozen-lockfile' },
  { file: 'uv.lock', tool: 'python', command: 'uv sync --frozen' },
  { file: 'poetry.lock', tool: 'python', command: 'POETRY_VIRTUALENVS_IN_PROJECT=true poetry install' },
  { file: 'Pipfile.lock', tool: 'python', command: 'PIPENV_VENV_IN_PROJECT=1 pipenv sync --dev' },
  { file: 'composer.lock', tool: 'php', command: 'composer install --no-interaction' },
];

/** The setup that the files at a repository's root suggest: none when there is no lockfile that Tutti knows. */
export function suggestedSetup(rootFiles: readonly string[]): string[] {
  const found = LOCKFILES.filter((row) => rootFiles.includes(row.file));
  return found
    .filter((row, index) => found.findIndex((other) => other.tool === row.tool) === index)
    .map((row) => row.command);
}
