import { openApiDocument } from '../../src/contract/openapi.ts';
import { ROUTES } from '../../src/contract/routes.ts';

describe('the OpenAPI document', () => {
  const document = openApiDocument('1.2.3');

  test('describes every route of the table, and nothing else', () => {
    const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(
      Object.values(ROUTES)
        .map((route) => `${route.method} ${route.path}`)
        .sort(),
    );
  });

  test('names its shapes, so that a generated client has types', () => {
    expect(Object.keys(document.components?.schemas ?? {})).toEqual(
      expect.arrayContaining(['Status', 'Plan', 'Problem', 'SubmitBody', 'Submitted']),
    );
  });

  test('asks for a token except where none is needed', () => {
    const open = Object.entries(document.paths ?? {})
      .filter(([, item]) => item.get?.security?.length === 0)
      .map(([path]) => path);
    expect(open.sort()).toEqual(['/docs', '/healthz', '/openapi.json', '/readyz']);
  });
});
