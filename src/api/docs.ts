import { fileURLToPath } from 'node:url';
import express from 'express';
import type { Express } from 'express';

/** The API's page: everything that it loads comes from this server, and no script is in the page itself. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tutti API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/page.js"></script>
</body>
</html>
`;

const SCRIPT = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#page', deepLinking: true });\n`;

/** Serves what the page loads; the build puts Swagger UI's files beside this one. */
export function serveDocs(app: Express): void {
  app.get('/docs/page.js', (_req, res) => void res.type('js').send(SCRIPT));
  app.use(
    '/docs',
    express.static(fileURLToPath(new URL('./swagger/', import.meta.url)), { index: false, redirect: false }),
  );
}
