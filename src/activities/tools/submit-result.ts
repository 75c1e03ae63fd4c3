import { z } from 'zod';

export const SubmitResult = z.object({
  summary: z.string().min(1),
  confidence: z.number().min(0).max(1),
});
