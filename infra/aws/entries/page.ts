import path from 'node:path';
import { createPageHandler } from '../../../functions/page/handler.ts';
import { PAGE_FOLDER } from '../page-folder.ts';

/** The function of the web page; its files lie beside it. */
export const handler = createPageHandler(path.join(import.meta.dirname, PAGE_FOLDER));
