interface RetryPolicy {
  readonly max_retries: number;
  readonly retry_delay_seconds: number;
  readonly retries: number | null;
  readonly retry_delay: number | number[] | null;
}

/**
 * A policy whose retries and delay of old (`max_retries`, `retry_delay_seconds`) count where the new ones say none, as Prefect's
 * server reads it (`set_run_policy_deprecated_fields`).
 */
export function withOldNames<Policy extends RetryPolicy>(policy: Policy): Policy {
  const { retries, max_retries, retry_delay, retry_delay_seconds } = policy;
  return {
    ...policy,
    ...(!retries && max_retries !== 0 && { retries: max_retries }),
    ...(!retry_delay && retry_delay_seconds !== 0 && { retry_delay: retry_delay_seconds }),
  };
}
