import { continueAsNew } from '@temporalio/workflow';
import type { taskWorkflow } from '../task.ts';
import type { Attempt } from './attempt.ts';

/** Goes on in a new run with the same knowledge: keeps the history of a long or waiting attempt short. */
export const park = (attempt: Attempt): Promise<never> =>
  continueAsNew<typeof taskWorkflow>({ kind: 'continued', attempt });
