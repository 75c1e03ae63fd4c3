import { DEFAULT_MODELS, MODELS, PRICES_AS_OF, findModel, freeModel } from '../../src/domain/models.ts';
import { PROVIDER_IDS } from '../../src/domain/providers.ts';

test('every default model has a price', () => {
  for (const id of PROVIDER_IDS)
    for (const name of Object.values(DEFAULT_MODELS[id])) expect(findModel(id, name)).not.toBeNull();
  expect(PRICES_AS_OF).toMatch(/^20\d\d-\d\d-\d\d$/);
});

test('only exact ids have a price', () => {
  expect(findModel('anthropic', 'claude-sonnet-5')).toEqual({
    id: 'claude-sonnet-5',
    contextTokens: 1_000_000,
    price: { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 },
  });
  expect(findModel('anthropic', 'claude-opus-5-5')?.price).toEqual({
    input: 4,
    output: 20,
    cacheRead: 0.2,
    cacheWrite: 5,
  });
  for (const near of [
    'claude-sonnet-5-5',
    'claude-sonnet',
    'claude-sonnet-4-5',
    'CLAUDE-SONNET-5',
    '__proto__',
    '',
  ])
    expect(findModel('anthropic', near)).toBeNull();
  expect(findModel('openai', 'claude-sonnet-5')).toBeNull();
});

test("the user's own entries come first and add models", () => {
  const own = { ...freeModel('mine', 8_000), provider: 'openai' as const };
  const cheaper = { ...freeModel('gpt-5'), provider: 'openai' as const };
  expect(findModel('openai', 'mine', [own])).toEqual(freeModel('mine', 8_000));
  expect(findModel('openai', 'gpt-5', [own, cheaper])?.price.output).toBe(0);
  expect(findModel('anthropic', 'mine', [own])).toBeNull();
});

test('a recording stands in for any priced model, and no model at all is free', () => {
  expect(findModel('scripted', 'claude-opus-5-5')?.price.input).toBe(4);
  expect(findModel('scripted', 'unheard-of')).toBeNull();
  expect(findModel('outline', 'outline')).toEqual(freeModel('outline'));
});

test('no price is missing, negative or per token', () => {
  expect(new Set(MODELS.map(({ provider, id }) => `${provider}/${id}`)).size).toBe(MODELS.length);
  for (const { price, contextTokens } of MODELS) {
    expect(contextTokens).toBeGreaterThanOrEqual(100_000);
    for (const amount of Object.values(price)) expect(amount).toBeGreaterThan(0.001);
    expect(price.output).toBeGreaterThanOrEqual(price.input);
    expect(price.cacheRead).toBeLessThanOrEqual(price.input);
  }
});
