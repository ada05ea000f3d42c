import { type Scenario, UNKNOWN_ID } from '../scenario.ts';

export const BLOCKS_AND_VARIABLES: readonly Scenario[] = [
  {
    name: 'variables are named JSON',
    steps: [
      ['POST /variables/', { name: 'zz_var', value: { a: [1, 2.5, null] }, tags: ['t'] }, 'variable'],
      ['POST /variables/', { name: 'zz_var', value: 1 }],
      ['GET /variables/name/zz_var'],
      ['GET /variables/name/zz_missing'],
      ['PATCH /variables/name/zz_var', { value: 'text' }],
      ['GET /variables/name/zz_var'],
      ['PATCH /variables/name/zz_missing', { value: 1 }],
      ['POST /variables/', { name: 'Not A Name', value: 1 }],
      ['POST /variables/', { value: 1 }],
      ['DELETE /variables/name/zz_var'],
      ['DELETE /variables/name/zz_var'],
    ],
  },
  {
    name: 'a secret is stored, hidden and read',
    steps: [
      ['GET /block_types/slug/secret', undefined, 'type'],
      ['GET /block_types/slug/zz-missing'],
      ['POST /block_schemas/filter', { block_schemas: { block_type_id: { any_: ['$type.id'] } }, limit: 1 }, 'schemas'],
      ['GET /block_schemas/checksum/$schemas.0.checksum'],
      ['GET /block_schemas/checksum/sha256:0000'],
      [
        'POST /block_documents/',
        { name: 'zz-secret', data: { value: 'hidden' }, block_type_id: '$type.id', block_schema_id: '$schemas.0.id' },
        'document',
      ],
      [
        'POST /block_documents/',
        { name: 'zz-secret', data: { value: 'again' }, block_type_id: '$type.id', block_schema_id: '$schemas.0.id' },
      ],
      ['GET /block_documents/$document.id'],
      ['GET /block_documents/$document.id?include_secrets=true'],
      ['GET /block_types/slug/secret/block_documents/name/zz-secret'],
      ['GET /block_types/slug/secret/block_documents/name/zz-secret?include_secrets=true'],
      ['GET /block_types/slug/secret/block_documents/name/zz-missing'],
      [`GET /block_documents/${UNKNOWN_ID}`],
    ],
  },
  {
    name: 'what flows ask for on their way',
    steps: [
      [
        'POST /v2/concurrency_limits/increment-with-lease',
        { names: ['tag:none'], slots: 1, mode: 'concurrency', lease_duration: 60 },
        'lease',
      ],
      ['POST /v2/concurrency_limits/decrement-with-lease', { lease_id: '$lease.lease_id' }],
      ['POST /artifacts/', { key: 'zz-artifact', type: 'markdown', data: '# Hi', description: 'd' }, 'artifact'],
      ['POST /artifacts/', { key: 'Not A Key', type: 'markdown', data: 'x' }],
    ],
  },
];
