import fc from 'fast-check';
import { body, call, type Group, idOf, nowAndThenSpoiled, pick, some, step, text } from './drawing.ts';

const TYPES = pick('$type0', '$type1');
const BLOCK_SCHEMAS = pick('$schema0', '$schema1');
const DOCUMENTS = pick('$document0', '$document1');
const slug = pick('zz-kind0', 'zz-kind1');
const documentName = pick('zz-doc0', 'zz-doc1', 'Zz Doc', '');
const capabilities = fc.subarray(['zz-go', 'zz-stop']);
const FIELDS = {
  title: 'zz-kind',
  type: 'object',
  properties: { url: { title: 'Url', type: 'string' }, token: { title: 'Token', type: 'string', format: 'password' } },
  required: ['url'],
  block_type_slug: 'zz-kind0',
  secret_fields: ['token'],
  block_schema_references: {},
};
const typeFields = { logo_url: text, documentation_url: text, description: text, code_example: text };
const data = pick<unknown>(
  { url: 'https://a', token: 'hush' },
  { url: 'https://b', token: '********' },
  { url: 7, token: { deep: 'x' } },
  { token: null },
  {},
  { nested: { $ref: { block_document_id: '$document0.id' } } },
);
const secrets = pick('', '?include_secrets=true', '?include_secrets=0', '?include_secrets=perhaps');

export const blocks: Group = {
  before: [
    ['POST /block_types/', { name: 'zz-kind0', slug: 'zz-kind0' }, 'type0'],
    ['POST /block_schemas/', { fields: FIELDS, block_type_id: '$type0.id', capabilities: ['zz-go'] }, 'schema0'],
    [
      'POST /block_documents/',
      {
        name: 'zz-doc0',
        data: { url: 'https://a', token: 'hush' },
        block_type_id: '$type0.id',
        block_schema_id: '$schema0.id',
      },
      'document0',
    ],
  ],
  operations: nowAndThenSpoiled(
    fc.oneof(
      step(
        'POST /block_types/',
        fc.oneof(
          body({ name: pick('zz-kind0'), slug: pick('zz-kind0', 'Zz Kind') }, typeFields),
          body({ name: pick('zz-kind1', 'zz/kind'), slug: pick('zz-kind1') }, typeFields),
        ),
        pick('type1'),
      ),
      step(call('PATCH /block_types/{}', idOf(TYPES)), some(typeFields)),
      step(call('GET /block_types/{}', idOf(TYPES))),
      step(call('GET /block_types/slug/{}', slug)),
      step(call('GET /block_types/slug/{}/block_documents', slug)),
      step(call('GET /block_types/slug/{}/block_documents/name/{}{}', slug, pick('zz-doc0', 'zz-doc1'), secrets)),
      step(call('DELETE /block_types/{}', idOf(pick('$type1')))),
      step(
        'POST /block_types/filter',
        some({ limit: pick<unknown>(5, 201, -1) }).map((more) => ({
          block_types: { slug: { any_: ['zz-kind0', 'zz-kind1'] } },
          ...more,
        })),
      ),
      step(
        'POST /block_schemas/',
        body(
          {
            fields: pick<unknown>(FIELDS, { ...FIELDS, title: 'zz-other' }, { title: 'zz-none' }),
            block_type_id: idOf(TYPES),
          },
          { capabilities, version: pick('1', '2') },
        ),
        pick('schema1'),
      ),
      step(call('GET /block_schemas/{}', idOf(BLOCK_SCHEMAS))),
      step(call('GET /block_schemas/checksum/{}.checksum{}', BLOCK_SCHEMAS, pick('', '?version=1'))),
      step(
        'POST /block_schemas/filter',
        body(
          {
            block_schemas: body(
              { block_type_id: pick({ any_: ['$type0.id'] }) },
              { block_capabilities: some({ all_: capabilities }), version: pick({ any_: ['1'] }) },
            ),
          },
          { limit: pick<unknown>(1, 5, 201) },
        ),
      ),
      step(call('DELETE /block_schemas/{}', idOf(pick('$schema1')))),
      step(
        'POST /block_documents/',
        body(
          { name: documentName, data, block_type_id: idOf(TYPES), block_schema_id: idOf(BLOCK_SCHEMAS) },
          { is_anonymous: fc.boolean() },
        ),
        pick('document1'),
      ),
      step(
        call('PATCH /block_documents/{}', idOf(DOCUMENTS)),
        some({ data, merge_existing_data: fc.boolean(), block_schema_id: idOf(BLOCK_SCHEMAS) }),
      ),
      step(call('GET /block_documents/{}{}', idOf(DOCUMENTS), secrets)),
      step(call('DELETE /block_documents/{}', idOf(DOCUMENTS))),
      step(
        'POST /block_documents/filter',
        body(
          { block_types: pick({ slug: { any_: ['zz-kind0', 'zz-kind1'] } }) },
          {
            block_documents: some({
              operator: pick('and_', 'or_'),
              is_anonymous: some({ eq_: fc.boolean() }),
              name: some({ any_: fc.subarray(['zz-doc0', 'zz-doc1']), like_: pick('doc1', 'zz') }),
            }),
            include_secrets: fc.boolean(),
            sort: pick('NAME_ASC', 'NAME_DESC', 'BLOCK_TYPE_AND_NAME_ASC', 'ZZ_NONE'),
            limit: pick<unknown>(1, 200, 201),
            offset: pick<unknown>(0, 1, -1),
          },
        ),
      ),
      step('POST /block_documents/count', fc.constant({ block_types: { slug: { any_: ['zz-kind0'] } } })),
    ),
  ),
  after: [
    ['POST /block_types/filter', { block_types: { slug: { any_: ['zz-kind0', 'zz-kind1'] } } }],
    ['POST /block_schemas/filter', { block_schemas: { block_type_id: { any_: ['$type0.id'] } } }],
    ['GET /block_documents/$document0.id?include_secrets=true'],
    ['GET /block_documents/$document1.id?include_secrets=true'],
  ],
};
