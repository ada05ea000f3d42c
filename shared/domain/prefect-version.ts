/** The Prefect release whose API this is: what `GET /admin/version` and the label `prefect.io/version` say. */
export const PREFECT_VERSION = '3.8.8';

/** The version of the API itself, which clients compare with theirs. */
export const API_VERSION = '0.8.4';

/** The oldest version of it that is answered. */
export const OLDEST_API_VERSION = '0.8.0';
