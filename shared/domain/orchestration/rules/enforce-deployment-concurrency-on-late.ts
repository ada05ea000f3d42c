import type { FlowRunRule } from '../flow-run-facts.ts';

/** SCHEDULED → SCHEDULED named Late: a late run of a full deployment that cancels new runs is Cancelled instead. */
export const enforceDeploymentConcurrencyOnLate: FlowRunRule = ({ run, initial, proposed, facts, newState }) => {
  const full = facts.deploymentSlot === 'full' || facts.deploymentSlot === 'limit-zero';
  if (!initial || proposed.name !== 'Late' || !run.deployment_id || !full) return undefined;
  if (facts.collisionStrategy !== 'CANCEL_NEW') return undefined;
  return {
    refusal: {
      status: 'REJECT',
      reason: 'Deployment concurrency limit is full and uses the CANCEL_NEW strategy.',
      state: newState({ type: 'CANCELLED', message: 'Deployment concurrency limit reached.' }),
    },
  };
};
