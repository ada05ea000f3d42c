import type { JsonObject } from '../../domain/json/json.ts';

/** A type of work pool in the collection registry's `aggregate-worker-metadata`. */
export interface PoolType {
  type: string;
  display_name: string;
  description: string;
  documentation_url: string;
  logo_url: string;
  install_command: string;
  is_beta: boolean;
  default_base_job_configuration: {
    job_configuration: JsonObject;
    variables: {
      type: string;
      properties: Record<string, JsonObject>;
      required?: string[];
      definitions?: Record<string, JsonObject>;
    };
  };
}
export type PoolTypes = Record<string, Record<string, PoolType>>;

export const PUSH_DOCUMENTATION = 'https://docs.prefect.io/v3/how-to-guides/deployment_infra/serverless';
export const PREFECT_IMAGE = 'prefecthq/prefect:3-latest';
