import path from 'node:path';

/** The program itself, to start parts of it as processes of their own. */
export const MAIN_SCRIPT = path.resolve(import.meta.dirname, `../main${path.extname(import.meta.filename)}`);
