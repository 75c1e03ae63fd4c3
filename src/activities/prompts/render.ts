import { readFileSync } from 'node:fs';

/** Every prompt file of this folder and the holes in it. */
export const PROMPTS = {
  planner: [],
  builder: [],
  'planner-task': [
    'title',
    'description',
    'criteria',
    'constraints',
    'checks',
    'setup',
    'max_tasks',
    'max_workers',
    'budget',
  ],
  'builder-task': [
    'title',
    'instructions',
    'files',
    'checks',
    'job_title',
    'description',
    'criteria',
    'constraints',
    'network',
  ],
  'retry-note': ['attempt', 'reason', 'conflicts', 'feedback'],
  'retry-conflicts': ['files'],
  nudge: ['tool'],
  'plan-errors': ['errors'],
} as const satisfies Record<string, readonly string[]>;

export type PromptName = keyof typeof PROMPTS;
export type Holes<N extends PromptName> = Readonly<Record<(typeof PROMPTS)[N][number], string>>;

/**
 * The prompt with its holes filled, in one pass: what is filled in is never read for holes. Throws where a hole of
 * the file has no value, or a value no hole.
 */
export function render<N extends PromptName>(name: N, holes: Holes<N>): string {
  const values = new Map(Object.entries<string>(holes));
  const used = new Set<string>();
  const text = readPrompt(name).replace(/\{\{(\w+)\}\}/g, (_, hole: string) => {
    const value = values.get(hole);
    if (value === undefined)
      throw new Error(`prompt ${name}.md has a hole {{${hole}}} that nothing was given for`);
    used.add(hole);
    return value;
  });
  const unknown = [...values.keys()].find((hole) => !used.has(hole));
  if (unknown !== undefined) throw new Error(`prompt ${name}.md has no hole {{${unknown}}}`);
  return text.trim();
}

const texts = new Map<string, string>();

function readPrompt(name: string): string {
  const text = texts.get(name) ?? readFileSync(new URL(`./${name}.md`, import.meta.url), 'utf8');
  texts.set(name, text);
  return text;
}
