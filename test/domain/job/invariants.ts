import { attemptKey } from '../../../src/domain/job/state.ts';
import { claimsOverlap } from '../../../src/domain/claims.ts';
import { describe as describeJob, taskOf } from '../../../src/domain/job/describe.ts';
import { availableOf } from '../../../src/domain/ledger.ts';
import { isQuiet } from '../../../src/domain/job/progress.ts';
import { jobReport } from '../../../src/domain/job/report.ts';
import { viewOf } from '../../../src/domain/job/view.ts';
import { hold } from '../hold.ts';
import { stuckness } from './simulation.ts';
import type { Job } from '../../../src/domain/job/state.ts';
import type { Simulation } from './simulation.ts';

/** What is true of a job at every moment. */
export function holdAlways(simulation: Simulation): void {
  const { job } = simulation;
  const view = viewOf(job);
  hold(jobReport(job).length > 0, 'a job can be shown');
  hold(availableOf(job.ledger) >= 0, 'spent and reserved are within the limit');
  const stuck = stuckness(simulation);
  hold(stuck === null, stuck ?? '');
  holdOfTasks(job);
  holdOfAttempts(simulation);
  holdOfEvents(job);
  if (job.stage.kind !== 'closed') return hold(job.finishedAt === null, 'an open job has no end');
  hold(isQuiet(job) && job.finishedAt !== null, 'a closed job has an end, and nothing of it runs');
  hold(view.allowed.length === 0 && view.waitingOn === null, 'a closed job waits for nothing');
  hold(
    view.tasks.every((task) => task.waitingOn === null),
    'a task of a closed job waits for nothing',
  );
}

/** What stays as it is from one moment to the next. */
export function holdFrom(before: Job, after: Job): void {
  if (before.stage.kind === 'closed')
    hold(JSON.stringify(before.stage) === JSON.stringify(after.stage), 'a closed job stays as it is');
  for (const task of before.tasks)
    if (task.state.kind === 'completed')
      hold(
        JSON.stringify(taskOf(after, task.outline.taskId)?.state) === JSON.stringify(task.state),
        'a completed task stays completed',
      );
  hold(before.plan === null || before.plan === after.plan, 'a plan stays');
  hold(after.events.next >= before.events.next, 'events are never taken back');
}

function holdOfTasks(job: Job): void {
  const running = job.tasks.filter((task) => task.state.kind === 'running');
  hold(running.length <= job.header.maxParallel, 'no more tasks run than may');
  const seats = running.map((task) => (task.state.kind === 'running' ? task.state.assignment : ''));
  hold(new Set(seats).size === seats.length, 'each assignment has one task');
  for (const one of running) {
    for (const other of running)
      hold(
        one === other || !claimsOverlap(one.outline.files, other.outline.files),
        'tasks that run together share no file',
      );
    hold(
      one.outline.dependsOn.every((id) => taskOf(job, id)?.state.kind === 'completed'),
      'a task runs after what it depends on',
    );
  }
  for (const { state } of [job.planner, ...job.tasks])
    hold(state.kind !== 'completed' || state.commit.length === 40, 'a completed task has its commit');
  const { holder } = job.integration;
  hold(
    holder === null ||
      running.some((task) => attemptKey(task.outline.taskId, task.attempts.length) === holder),
    'who holds the integration branch runs',
  );
  if (job.stage.kind === 'approval' || job.stage.kind === 'execution' || job.stage.kind === 'verification')
    hold(job.plan !== null && job.tasks.length > 0, 'there is a plan once planning is over');
}

function holdOfAttempts({ job, children, mail }: Simulation): void {
  const alive = children();
  for (const task of [job.planner, ...job.tasks]) {
    const { taskId } = task.outline;
    task.attempts.forEach((attempt, index) => {
      const last = index === task.attempts.length - 1;
      hold(attempt.attempt === index + 1, 'attempts are numbered');
      hold(
        (attempt.finishedAt === null) === (last && task.state.kind === 'running'),
        'an attempt is open exactly while its task runs',
      );
    });
    if (task.state.kind !== 'running') continue;
    const attempt = task.attempts.length;
    hold(
      alive.some((child) => child.taskId === taskId && child.attempt === attempt) ||
        mail.some(
          (one) => one.kind === 'ended' && one.ended.taskId === taskId && one.ended.attempt === attempt,
        ),
      'a running task has an attempt that lives or whose end is on its way',
    );
  }
}

function holdOfEvents(job: Job): void {
  const { recent, next } = job.events;
  hold(
    recent.every((event, index) => event.seq === index + 1),
    'events are numbered without gaps',
  );
  hold(recent.length === next - 1, 'the next event has the next number');
  const states = recent.filter((event) => event.type === 'job.state');
  const shown = states.at(-1);
  const { state, waitingOn } = describeJob(job);
  if (shown)
    hold(shown.data['state'] === state && shown.data['waiting_on'] === waitingOn, 'a new state is an event');
}
