import { TargetError, type TargetErrorKind } from '../target-error.ts';

/** Where a request was going, for the sentence; the subscription's id is left out, as it is a secret in Prefect's templates. */
export interface Where {
  readonly resourceGroup: string;
  readonly subscriptionId: string;
}

/** What Azure's SDKs throw: `RestError` of the client, the errors of `@azure/identity`, and Node's own. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly statusCode?: number;
  readonly response?: { readonly headers?: { get(name: string): string | undefined } };
}

const THROTTLED = new Set(['TooManyRequests', 'SubscriptionRequestsThrottled']);
const CAPACITY = /^(ContainerGroupQuotaReached|QuotaExceeded|InsufficientCapacity|RegionalCapacity\w*)$/;
const NO_ROOM = /not available in the location|no capacity|insufficient capacity/i;
/** Docker Hub limits pulls and registries have bad moments: worth another try. */
const REGISTRY = new Set(['RegistryErrorResponse']);
const NOT_FOUND = new Set(['ResourceGroupNotFound', 'SubscriptionNotFound', 'ResourceNotFound']);

/** Any error of a call to Azure as one of the kinds of targets.md 1.3. */
export function errorOf(thrown: unknown, where: Where): TargetError {
  if (thrown instanceof TargetError) return thrown;
  const error = (thrown ?? {}) as Thrown;
  const signIn = signInError(error);
  if (signIn) return signIn;
  const kind = kindOf(error);
  const said = redacted(error.message ?? String(thrown), where);
  const header = (name: string) => error.response?.headers?.get(name);
  const retryAfter = Number(header('retry-after') ?? Number.NaN);
  return new TargetError(kind, sentence(kind, said, error, where), {
    cloudCode: error.code ?? (error.statusCode ? `HTTP ${error.statusCode}` : (error.name ?? '')),
    cause: thrown,
    ...(Number.isFinite(retryAfter) && { retryAfterSeconds: retryAfter }),
    ...(header('x-ms-request-id') && { requestId: header('x-ms-request-id') ?? '' }),
  });
}

function kindOf({ statusCode, code = '', message = '' }: Thrown): TargetErrorKind {
  if (/occurred in serializing the payload/.test(message)) return 'invalid'; // the SDK, before anything was sent
  if (statusCode === undefined) return 'unknown-outcome'; // no answer came: whether the request arrived is not known
  if (statusCode === 429 || THROTTLED.has(code) || (code === 'OperationNotAllowed' && /rate/i.test(message))) {
    return 'throttled';
  }
  if (CAPACITY.test(code) || (code === 'ServiceUnavailable' && (statusCode === 409 || NO_ROOM.test(message)))) {
    return 'capacity';
  }
  if (statusCode >= 500 || code === 'ContainerGroupTransitioning' || REGISTRY.has(code)) return 'transient';
  if (statusCode === 401) return 'credentials';
  if (statusCode === 403) return 'permission';
  if (statusCode === 404 || NOT_FOUND.has(code)) return 'not-found';
  if (statusCode === 409) return 'transient'; // another change of the same group is under way
  return 'invalid';
}

function sentence(kind: TargetErrorKind, said: string, { code }: Thrown, where: Where): string {
  const group = `the resource group '${where.resourceGroup}'`;
  switch (kind) {
    case 'throttled':
      return 'Azure is limiting requests. The run starts as soon as it allows; nothing to do.';
    case 'transient':
      return `Azure had a short failure while working in ${group}: ${said}`;
    case 'unknown-outcome':
      return `Azure did not answer a request in ${group}: ${said}`;
    case 'capacity':
      return `Azure has no room for the container group right now: ${said} Choose another region or size, or have the quota raised.`;
    case 'permission':
      return `The credentials of the work pool may not do this in ${group}: ${said} Give the app the role Contributor on the resource group, or run \`pushpool work-pool provision-infra\`.`;
    case 'not-found':
      if (code === 'SubscriptionNotFound')
        return "The subscription does not exist or the app has no role in it. Check the pool's 'subscription_id'.";
      if (code === 'ResourceGroupNotFound')
        return `The resource group '${where.resourceGroup}' does not exist in the subscription. Check the pool's 'resource_group_name'.`;
      return `Azure does not find what the job needs: ${said}`;
    case 'credentials':
      return `Azure no longer accepts the pool's credentials: ${said} Store new credentials in the block of variable 'aci_credentials'; waiting runs start by themselves.`;
    default:
      return `Azure refused the job: ${said}`;
  }
}

/** Entra ID's refusals come as texts with a code; what is no refusal is a network that did not answer. */
function signInError(error: Thrown): TargetError | null {
  if (!/Authentication|CredentialUnavailable|ClientAuthError|ServerError|InteractionRequired/.test(error.name ?? ''))
    return null;
  const message = error.message ?? '';
  const code = /AADSTS\d+/.exec(message)?.[0];
  const why = SIGN_IN[code ?? ''];
  if (!code && error.name !== 'CredentialUnavailableError') {
    return new TargetError('transient', 'Signing in to Azure did not work for the moment.', { cause: error });
  }
  return new TargetError(
    'credentials',
    `Azure does not accept the credentials of the work pool: ${why ?? firstLine(message)} Store new credentials in the block of variable 'aci_credentials'; waiting runs start by themselves.`,
    { cloudCode: code ?? '', cause: error },
  );
}

const SIGN_IN: Readonly<Record<string, string>> = {
  AADSTS7000215: 'the client secret is wrong.',
  AADSTS7000222: 'the client secret has expired.',
  AADSTS700016: 'there is no such app registration in the tenant.',
  AADSTS90002: 'there is no such tenant.',
  AADSTS700213: 'the app registration has no federated credential for this pushpool.',
};

const firstLine = (text: string): string => text.split(/[\r\n]/)[0]?.slice(0, 300) ?? '';
const redacted = (text: string, { subscriptionId }: Where): string =>
  firstLine(subscriptionId ? text.replaceAll(subscriptionId, '(subscription)') : text);
