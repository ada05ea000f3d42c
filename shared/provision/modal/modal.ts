import { TerminalError } from '../../domain/errors.ts';
import { earlier, type ProvisionContext, type Provisioner, type Resource, type StoredBlock } from '../resource.ts';
import { blockReference, withDefaults } from '../template.ts';

/** What provisioning Modal works with: the person's token. Modal has no roles and no federation. */
export interface ModalContext extends ProvisionContext {
  /** Of the environment or of `~/.modal.toml`; null when the person is not logged in. */
  readonly modalToken: { readonly tokenId: string; readonly tokenSecret: string } | null;
}

const BLOCK_TYPE = 'modal-credentials';

const credentialsBlock: Resource<ModalContext, StoredBlock> = {
  id: 'credentials-block',
  line: ({ names }) => `Storing your Modal token in a block: ${names['block']}`,
  progress: 'Creating Modal credentials block',
  permissions: [],
  /** Whoever has no token is told so before anything is planned. */
  async find(context) {
    const found = await context.blocks.find(BLOCK_TYPE, context.names['block']!);
    if (!found && !context.removing) tokenOf(context);
    return found;
  },
  create: (context) => context.blocks.create(BLOCK_TYPE, context.names['block']!, tokenOf(context)),
  rotate: (context, block) => context.blocks.update(block, tokenOf(context)),
  isOurs: () => true,
  /** A block that somebody filled in by hand may have the name; what is in it tells. */
  async keptBecause({ modalToken }, { data }) {
    return modalToken && data['token_id'] !== modalToken.tokenId
      ? 'it holds another token than yours, as far as your API key shows'
      : null;
  },
  remove: ({ blocks }, { id }) => blocks.remove(id),
};

function tokenOf({ modalToken }: ModalContext) {
  if (modalToken) return { token_id: modalToken.tokenId, token_secret: modalToken.tokenSecret };
  throw new TerminalError(
    'no-modal-token',
    'No Modal token was found. Make one with `modal token new`, or set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET.',
  );
}

/** What a `modal:push` pool needs: a block with a token. Apps, images and sandboxes are made by the runs. */
export const modalProvisioner: Provisioner<ModalContext> = {
  place: () => 'the Modal workspace of your token',
  questions: [
    {
      key: 'block',
      prompt: 'Please enter a name for the Modal credentials block',
      defaultName: (pool) => `${pool.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')}-modal-credentials`,
      check: (name) => (/^[a-z0-9-]+$/.test(name) ? null : `"${name}" cannot name a block: use a-z, 0-9 and dashes`),
    },
  ],
  resources: [credentialsBlock] as never,
  template: (context, template) =>
    withDefaults(template, {
      modal_credentials: blockReference(earlier<{ id: string }>(context, 'credentials-block').id),
    }),
  notes: () => ['Modal pulls images from any registry; name the image in the deployment.'],
};
