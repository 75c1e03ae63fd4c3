import { usd } from '../../domain/money.ts';
import { MAX_TASKS } from '../../domain/plan.ts';
import type { Plan, Task } from '../../domain/plan.ts';
import type { Spec } from '../../domain/spec.ts';
import { render } from './render.ts';

type PlannerSpec = Pick<
  Spec,
  | 'title'
  | 'description'
  | 'acceptanceCriteria'
  | 'constraints'
  | 'checks'
  | 'setup'
  | 'maxParallel'
  | 'budget'
>;

/** The first user message of a planner. */
export function plannerOpening(spec: PlannerSpec): string {
  return render('planner-task', {
    title: oneLine(spec.title),
    description: contained(spec.description),
    criteria: numbered(spec.acceptanceCriteria),
    constraints: bullets(spec.constraints),
    checks: bullets(spec.checks.map(code)),
    setup: spec.setup === null ? 'not given' : list(spec.setup.map(code)),
    max_tasks: String(MAX_TASKS),
    max_workers: String(spec.maxParallel),
    budget: `$${usd(spec.budget).toFixed(2)}`,
  });
}

/** The first user message of a builder: its task, then the job around it. */
export function builderOpening(
  spec: Pick<Spec, 'title' | 'description' | 'constraints'>,
  plan: Pick<Plan, 'checks' | 'criteria' | 'network'>,
  task: Pick<Task, 'title' | 'instructions' | 'files' | 'checks'>,
): string {
  const checks = plan.checks.filter(
    (check) => task.checks.includes(check.checkId) && check.kind === 'command',
  );
  return render('builder-task', {
    title: oneLine(task.title),
    instructions: contained(task.instructions),
    files: task.files.length === 0 ? 'not limited' : task.files.map(code).join(', '),
    checks: bullets(
      checks.map(
        ({ command, expectExit }) => code(command) + (expectExit === 0 ? '' : ` (must exit ${expectExit})`),
      ),
    ),
    job_title: oneLine(spec.title),
    description: contained(spec.description),
    criteria: numbered(plan.criteria.map((criterion) => criterion.text)),
    constraints: bullets(spec.constraints),
    network: plan.network === 'all' ? 'open' : 'none',
  });
}

/** What stands between `<tag>` and the `</tag>` that ends it in an opening; null: no such part. */
export function partOf(opening: string, tag: 'description' | 'instructions'): string | null {
  const begin = opening.indexOf(`<${tag}>\n`);
  const end = opening.indexOf(`\n</${tag}>`, begin);
  if (begin < 0 || end < 0) return null;
  return opening
    .slice(begin + tag.length + 3, end)
    .replaceAll(/<\\(\/?(?:description|instructions)>)/g, '<$1');
}

/** Text that neither ends the part that it stands in nor begins another. */
function contained(text: string): string {
  return text.replaceAll(/<(\/?(?:description|instructions)>)/g, '<\\$1');
}

const oneLine = (text: string): string => contained(text.replaceAll(/\s+/g, ' ').trim());
const code = (text: string): string => (text.includes('`') ? text : `\`${text}\``);
const list = (items: readonly string[]): string =>
  items.length === 0 ? 'none' : items.map(contained).join('; ');
const bullets = (items: readonly string[]): string =>
  items.length === 0 ? 'none' : items.map((item) => `- ${contained(item)}`).join('\n');
const numbered = (items: readonly string[]): string =>
  items.length === 0 ? 'none' : items.map((item, index) => `- c${index + 1}: ${contained(item)}`).join('\n');
