/** What Entra ID asks of the audience of a federated credential. */
export const ENTRA_AUDIENCE = 'api://AzureADTokenExchange';
