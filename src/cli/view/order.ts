/** A task with its place in the tree of what depends on what. */
export interface Placed<T> {
  readonly task: T;
  readonly depth: number;
  /** For each level above, whether its branch goes on below this task. */
  readonly passes: readonly boolean[];
  readonly isLast: boolean;
  /** The dependency that the task hangs from; null at the root. */
  readonly under: string | null;
}

interface Dependent {
  readonly task_id: string;
  readonly depends_on: readonly string[];
}

/** Tasks in dependency order as a tree: each hangs from the dependency that comes last. */
export function treeOf<T extends Dependent>(tasks: readonly T[]): Placed<T>[] {
  const depths = depthsOf(tasks);
  const index = new Map(tasks.map((task, at) => [task.task_id, at]));
  const children = new Map<string | null, T[]>();
  for (const task of tasks) {
    const parent = parentOf(task, depths, index);
    children.set(parent, [...(children.get(parent) ?? []), task]);
  }
  const placed: Placed<T>[] = [];
  const place = (parent: string | null, passes: readonly boolean[]) => {
    const below = children.get(parent) ?? [];
    for (const [at, task] of below.entries()) {
      const isLast = at === below.length - 1;
      placed.push({ task, depth: passes.length, passes, isLast, under: parent });
      place(task.task_id, [...passes, !isLast]);
    }
  };
  place(null, []);
  return placed;
}

/** The longest way to each task from one without dependencies. A cycle, which no valid plan has, ends the way. */
function depthsOf(tasks: readonly Dependent[]): Map<string, number> {
  const byId = new Map(tasks.map((task) => [task.task_id, task]));
  const depths = new Map<string, number>();
  const depthOf = (id: string): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    depths.set(id, 0);
    const dependencies = (byId.get(id)?.depends_on ?? []).filter((one) => byId.has(one));
    const depth = dependencies.length === 0 ? 0 : 1 + Math.max(...dependencies.map(depthOf));
    depths.set(id, depth);
    return depth;
  };
  for (const task of tasks) depthOf(task.task_id);
  return depths;
}

function parentOf(
  task: Dependent,
  depths: ReadonlyMap<string, number>,
  index: ReadonlyMap<string, number>,
): string | null {
  const known = task.depends_on.filter((id) => index.has(id));
  const order = (id: string) => [depths.get(id) ?? 0, index.get(id) ?? 0] as const;
  const own = depths.get(task.task_id) ?? 0;
  return (
    known
      .filter((id) => (depths.get(id) ?? 0) < own)
      .sort((a, b) => order(b)[0] - order(a)[0] || order(b)[1] - order(a)[1])[0] ?? null
  );
}
