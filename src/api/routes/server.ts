import { openApiDocument } from '../../contract/openapi.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { json } from '../ask.ts';
import { DOCS_PAGE } from '../docs.ts';
import type { Handler } from '../ask.ts';
import type { Desk } from '../desk.ts';

/** What needs no token. */
export function serverRoutes({ gateway, settings }: Desk): {
  readonly health: Handler<'health'>;
  readonly ready: Handler<'ready'>;
  readonly openapi: Handler<'openapi'>;
  readonly docs: Handler<'docs'>;
} {
  let document: ReturnType<typeof openApiDocument> | null = null;
  return {
    health: async () => json(200, { status: 'ok', version: settings.version }),
    async ready() {
      const unpolled = await gateway.unpolled();
      if (unpolled.length === 0) return json(200, { status: 'ready' });
      throw new OrchestratorError('engine_unavailable', `No worker polls ${unpolled.join(' and ')}.`, {
        retryAfterSeconds: 5,
      });
    },
    async openapi() {
      document ??= openApiDocument(settings.version);
      return json(200, document);
    },
    docs: async () => ({ status: 200, text: DOCS_PAGE, type: 'html' }),
  };
}
