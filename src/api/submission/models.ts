import { DEFAULT_MODELS, findModel, freeModel } from '../../domain/models.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { PROVIDERS } from '../../domain/providers.ts';
import { defaultProvider } from '../routes/providers.ts';
import type { SubmitBody } from '../../contract/submit.ts';
import type { ProviderId } from '../../domain/providers.ts';
import type { Model } from '../../domain/spec.ts';
import type { Settings } from '../deps.ts';

/** Who will be asked, and every model of the job with its price pinned. */
export interface ChosenModels {
  readonly provider: ProviderId;
  readonly model: string;
  readonly plannerModel: string;
  readonly models: readonly Model[];
}

/** Errors: provider_unavailable, model_unpriced, each with a pointer. */
export function chooseModels(body: SubmitBody, settings: Settings): ChosenModels {
  const provider = body.provider ?? defaultProvider(settings);
  const missing = settings.unconfigured[provider];
  if (missing !== null) throw at('/provider', 'provider_unavailable', missing);
  const { model: ownModel, plannerModel: ownPlanner } = settings.defaults;
  const usual = DEFAULT_MODELS[provider];
  const model = body.model ?? usable(provider, ownModel, settings) ?? usual.builder;
  const plannerModel =
    usable(provider, ownPlanner, settings) ?? (body.model === undefined ? usual.planner : model);
  const named = new Map([
    [model, '/model'],
    [plannerModel, '/model'],
    ...(body.plan?.tasks ?? []).flatMap((task, index) =>
      task.model === null ? [] : [[task.model, `/plan/tasks/${index}/model`] as const],
    ),
  ]);
  const models = [...named].map(([id, pointer]) => priced(provider, id, pointer, settings));
  return { provider, model, plannerModel, models };
}

/** The configured default, where the chosen provider has a model of that name. */
const usable = (provider: ProviderId, id: string | null, settings: Settings): string | null =>
  id !== null && findModel(provider, id, settings.models) !== null ? id : null;

function priced(provider: ProviderId, id: string, pointer: string, settings: Settings): Model {
  if (provider === 'openai' && settings.openaiIsFree) {
    const own = settings.models.some((model) => model.id === id && model.provider === provider);
    if (!own) return freeModel(id);
  }
  const model = findModel(provider, id, settings.models);
  if (model !== null) return model;
  throw at(
    pointer,
    'model_unpriced',
    `the price of "${id}" at ${PROVIDERS[provider].name} is not known, and an unknown price is never guessed. Add it to the server's tutti.yaml:\n${entryFor(provider, id)}`,
  );
}

/** The configuration entry that gives a model its price. */
const entryFor = (provider: ProviderId, id: string): string =>
  [
    'models:',
    `  ${JSON.stringify(id)}:`,
    `    provider: ${provider}`,
    '    input_usd_per_mtok: 1.00',
    '    output_usd_per_mtok: 5.00',
  ].join('\n');

const at = (
  pointer: string,
  code: 'provider_unavailable' | 'model_unpriced',
  detail: string,
): OrchestratorError => new OrchestratorError(code, detail, { errors: [{ pointer, detail }] });
