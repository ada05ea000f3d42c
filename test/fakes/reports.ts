/** What a container reports of its run as Prefect's engine does: these states, with the token and the address that it was given. */
export async function reports(env: Readonly<Record<string, string>>, ...types: readonly string[]): Promise<void> {
  const authorization = `Basic ${Buffer.from(env['PREFECT_API_AUTH_STRING'] ?? '').toString('base64')}`;
  for (const type of types) {
    await fetch(`${env['PREFECT_API_URL']}/flow_runs/${env['PREFECT__FLOW_RUN_ID']}/set_state`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ state: { type } }),
    });
  }
}
