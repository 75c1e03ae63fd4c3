export { jobWorkflow } from './job.ts';
export { taskWorkflow } from './task.ts';
