import type { JsonObject } from '../../domain/json/json.ts';
import type { ProvisionContext } from '../resource.ts';
import { type RestOptions, rest } from '../rest.ts';

/** What provisioning Cloud Run works with: one project and region. */
export interface CloudRunContext extends ProvisionContext {
  readonly projectId: string;
  readonly region: string;
  /** An access token for the whole platform, e.g. of `google-auth-library`'s application default credentials. */
  readonly token: () => Promise<string>;
  /** One address in place of all of Google's, for tests. */
  readonly apiUrl?: string;
  /** The AWS role that pushpool runs under, for keyless pools; null stores a service account key, as Prefect does. */
  readonly awsRole: AwsRole | null;
  /** Rejects while Google does not accept the key, which takes up to a minute after it was made. */
  readonly tryKey: (key: JsonObject) => Promise<void>;
}

export interface AwsRole {
  readonly accountId: string;
  readonly roleName: string;
}

type Service = 'serviceusage' | 'artifactregistry' | 'iam' | 'cloudresourcemanager';

/** One call of a Google API: `google(context, 'iam', '/v1/projects/…')`. */
export const google = (
  context: CloudRunContext,
  service: Service,
  path: string,
  call: Omit<RestOptions, 'token'> = {},
) => rest(`${context.apiUrl ?? `https://${service}.googleapis.com`}${path}`, { ...call, token: context.token });

/** The account that submits jobs, and the one that jobs run as. */
export const submitter = ({ names, projectId }: CloudRunContext): string =>
  `${names['serviceAccount']}@${projectId}.iam.gserviceaccount.com`;
export const jobAccount = ({ names, projectId }: CloudRunContext): string =>
  `${names['jobAccount']}@${projectId}.iam.gserviceaccount.com`;

/** Google labels take no other place on accounts: what pushpool makes says so in its description. */
export const mark = (context: CloudRunContext): string => `Made by pushpool for work pool ${context.pool}`;
