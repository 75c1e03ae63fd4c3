import { PROVIDERS } from '../../domain/providers.ts';
import type { Config } from '../../config.ts';
import type { Finding } from './finding.ts';
import type { ProviderId } from '../../domain/providers.ts';

/** Which providers the server would have with this environment. */
export function checkProviders({
  secrets,
  openaiBaseUrl,
  anthropicBaseUrl,
  script,
  provider,
}: Config): Finding[] {
  const configured: Readonly<Record<ProviderId, string | null>> = {
    anthropic: secrets.anthropicApiKey === null ? null : at('anthropic', anthropicBaseUrl),
    openai: secrets.openaiApiKey === null && openaiBaseUrl === null ? null : at('openai', openaiBaseUrl),
    outline: 'outline',
    scripted: script === null ? null : `scripted (${script})`,
  };
  const what = 'providers';
  const says = Object.values(configured)
    .filter((text) => text !== null)
    .join(', ');
  if (provider !== null && configured[provider] === null)
    return [
      {
        is: 'fail',
        what,
        says: `${provider} is the default and is not configured; configured: ${says}`,
        remedy: `set ${PROVIDERS[provider].configuredBy}`,
      },
    ];
  if (configured.anthropic === null && configured.openai === null)
    return [
      {
        is: 'warn',
        what,
        says: `${says}: no model is configured in this shell's environment, so a server started here takes specs that say the commands themselves`,
        remedy: 'set ANTHROPIC_API_KEY, OPENAI_API_KEY, or OPENAI_BASE_URL for a local model',
      },
    ];
  return [{ is: 'ok', what, says }];
}

const at = (id: string, url: string | null): string => (url === null ? id : `${id} at ${new URL(url).host}`);
