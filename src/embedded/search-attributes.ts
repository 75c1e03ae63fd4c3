import { setTimeout as pause } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../workflows/messages.ts';
import type { Connection } from '@temporalio/client';

/**
 * Makes the search attributes by which jobs are listed known to `namespace`, and waits until they can be used.
 * Does nothing where they are. Throws an Error that says what an operator must run where we may not.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const known = await readTypes(connection, namespace);
  if (known === null) return;
  const missing = NAMES.filter((name) => !known.has(name));
  const clash = NAMES.find((name) => known.has(name) && known.get(name) !== NUMBERS[SEARCH_ATTRIBUTES[name]]);
  if (clash !== undefined)
    throw new Error(
      `the search attribute ${clash} of namespace ${namespace} exists with another type than ` +
        `${CLI_TYPES[SEARCH_ATTRIBUTES[clash]]}; use another namespace (TEMPORAL_NAMESPACE) or remove it there`,
    );
  if (missing.length > 0) await add(connection, namespace, missing);
  await usable(connection, namespace);
}

/** `KEY=Type` for each attribute, as `temporal server start-dev --search-attribute` wants it. */
export const attributeFlags = () => NAMES.map((name) => `${name}=${CLI_TYPES[SEARCH_ATTRIBUTES[name]]}`);

type Name = keyof typeof SEARCH_ATTRIBUTES;
type Type = (typeof SEARCH_ATTRIBUTES)[Name];

const NAMES = Object.keys(SEARCH_ATTRIBUTES) as Name[];
const CLI_TYPES: Record<Type, string> = {
  KEYWORD: 'Keyword',
  DATETIME: 'Datetime',
  KEYWORD_LIST: 'KeywordList',
};
/** `temporal.api.enums.v1.IndexedValueType`. */
const NUMBERS: Record<Type, number> = { KEYWORD: 2, DATETIME: 6, KEYWORD_LIST: 7 };

const GRPC = { invalidArgument: 3, alreadyExists: 6 } as const;
const USABLE_WITHIN_MS = 30_000;

/** The attributes there are; null: we may not read them, but all of ours can be used. */
async function readTypes(connection: Connection, namespace: string): Promise<Map<string, number> | null> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return new Map(Object.entries(customAttributes ?? {}));
  } catch (error) {
    if (await isUsable(connection, namespace).catch(() => false)) return null;
    throw operatorMust(namespace, NAMES, error);
  }
}

async function add(connection: Connection, namespace: string, missing: readonly Name[]): Promise<void> {
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, NUMBERS[SEARCH_ATTRIBUTES[name]]])),
    });
  } catch (error) {
    if (codeOf(error) !== GRPC.alreadyExists) throw operatorMust(namespace, missing, error);
  }
}

/** Servers keep namespaces in memory: for some seconds a new attribute is refused as unknown. */
async function usable(connection: Connection, namespace: string): Promise<void> {
  for (const until = Date.now() + USABLE_WITHIN_MS; !(await isUsable(connection, namespace));) {
    if (Date.now() > until)
      throw new Error(
        `the search attributes of namespace ${namespace} are registered, but cannot be used yet; try again`,
      );
    await pause(100);
  }
}

async function isUsable(connection: Connection, namespace: string): Promise<boolean> {
  const query = NAMES.map((name) => `${name} IS NULL`).join(' AND ');
  try {
    await connection.workflowService.countWorkflowExecutions({ namespace, query });
    return true;
  } catch (error) {
    if (codeOf(error) === GRPC.invalidArgument) return false;
    throw error;
  }
}

const codeOf = (error: unknown): number | null => (isGrpcServiceError(error) ? error.code : null);

function operatorMust(namespace: string, names: readonly Name[], cause: unknown): Error {
  const reason = isGrpcServiceError(cause) ? cause.details : (cause as Error).message;
  const flags = names.map((name) => `--name ${name} --type ${CLI_TYPES[SEARCH_ATTRIBUTES[name]]}`).join(' ');
  return new Error(
    `Tutti could not register its search attributes in namespace ${namespace} (${reason}). An operator of that ` +
      `server has to run: temporal operator search-attribute create --namespace ${namespace} ${flags}`,
    { cause },
  );
}
