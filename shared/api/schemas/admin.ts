import * as z from 'zod/mini';
import { uuid } from './values.ts';

/** `PUT /admin/storage` */
export const defaultStorageUpdate = z.object({ default_result_storage_block_id: uuid });

/** `GET /csrf-token` */
export const csrfTokenQuery = z.object({ client: z.string() });

/** A template as a bare JSON string. */
export const templateBody = z._default(z.string(), '');
