/** The messages of Modal's protocol as far as the fake reads them; maps arrive as lists of entries, enums as their names. */

export type Metadata = Readonly<Record<string, string>>;

export interface Entry {
  readonly key: string;
  readonly value: string;
}
export interface Tag {
  readonly tag_name: string;
  readonly tag_value: string;
}
export interface GenericResult {
  readonly status: `GENERIC_STATUS_${string}`;
  readonly exitcode?: number;
  readonly exception?: string;
}
export interface Definition {
  readonly entrypoint_args: readonly string[];
  readonly image_id: string;
  readonly secret_ids: readonly string[];
  readonly resources?: {
    readonly memory_mb?: number;
    readonly memory_mb_max?: number;
    readonly milli_cpu?: number;
    readonly milli_cpu_max?: number;
    readonly gpu_config?: { readonly count?: number; readonly gpu_type?: string };
  };
  readonly timeout_secs?: number;
  readonly workdir?: string;
  readonly name?: string;
  readonly cloud_provider_str?: string;
  readonly scheduler_placement?: { readonly regions: readonly string[] };
  readonly network_access?: { readonly network_access_type: string };
  readonly include_oidc_identity_token?: boolean;
}

export interface Requests {
  AuthTokenGet: Record<string, never>;
  ClientHello: Record<string, never>;
  AppClientDisconnect: Record<string, never>;
  AppHeartbeat: Record<string, never>;
  AppGetOrCreate: { app_name?: string; environment_name?: string; object_creation_type?: string };
  EnvironmentGetOrCreate: { deployment_name?: string };
  ImageGetOrCreate: {
    app_id?: string;
    builder_version?: string;
    image?: {
      dockerfile_commands: readonly string[];
      image_registry_config?: { registry_auth_type?: string; secret_id?: string };
    };
  };
  ImageJoinStreaming: { image_id?: string; timeout?: number; last_entry_id?: string };
  SecretGetOrCreate: {
    deployment_name?: string;
    environment_name?: string;
    object_creation_type?: string;
    env_dict: readonly Entry[];
  };
  SandboxCreate: { app_id?: string; definition?: Definition; tags: readonly Tag[] };
  SandboxCreateV2: {
    app_id?: string;
    definition?: Definition;
    tags: readonly Tag[];
    secret_sources: readonly { secret_id?: string; env?: { contents: readonly Entry[] } }[];
  };
  SandboxGetFromName: FromName;
  SandboxGetFromNameV2: FromName;
  SandboxGetTaskId: Wait;
  SandboxGetTaskIdV2: Wait;
  SandboxList: List;
  SandboxListV2: List;
  SandboxWait: Wait;
  SandboxWaitV2: Wait;
  SandboxTerminate: { sandbox_id?: string };
  SandboxTerminateV2: { sandbox_id?: string };
  AppFetchLogs: {
    app_id?: string;
    task_id?: string;
    limit?: number;
    since?: { seconds: number };
    until?: { seconds: number };
  };
}
interface FromName {
  sandbox_name?: string;
  app_name?: string;
  environment_name?: string;
  include_terminated?: boolean;
}
interface List {
  app_id?: string;
  before_timestamp?: number;
  environment_name?: string;
  include_finished?: boolean;
  tags: readonly Tag[];
}
interface Wait {
  sandbox_id?: string;
  timeout?: number;
}
export type Method = keyof Requests;
