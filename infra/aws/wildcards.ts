import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Where a template says why a permission has no narrower form; the template test refuses a wildcard without it. */
export const WILDCARD_METADATA = 'pushpool:wildcards';

/**
 * Explains the `*` of these actions (in the action itself or in its resource) on the policy that carries them.
 * May be called several times for one policy.
 */
export function explainWildcards(owner: IConstruct, reasons: Readonly<Record<string, string>>): void {
  const resource = (owner.node.defaultChild ?? owner) as CfnResource;
  resource.addMetadata(WILDCARD_METADATA, { ...(resource.getMetadata(WILDCARD_METADATA) as object), ...reasons });
}
