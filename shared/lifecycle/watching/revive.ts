import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import { executionName } from '../../ports/lifecycle-engine.ts';
import { inputOf } from '../ending/clean-up.ts';
import { renew } from './renew.ts';

/** A submission is tried again within this time, whatever it waits for. */
const SILENT_SECONDS = 600;

/**
 * A run whose execution has ended before it (stopped by hand, or given up by Step Functions) would wait for ever: it gets a new
 * one, which finds its container or submits it. Only runs that nobody waits for are asked about. Safe to run twice.
 */
export async function reviveIfAbandoned(app: App, doc: FlowRunDocument): Promise<boolean> {
  const { life, run } = doc;
  if (life.phase !== 'open') return false;
  const lastSign = life.submitLease?.until ?? run.state_timestamp ?? 0;
  const silent = app.clock.now().getTime() - new Date(lastSign).getTime() > SILENT_SECONDS * 1000;
  const waitedFor = life.token !== null && life.mailbox === null && !life.ended;
  if (!silent || waitedFor) return false;
  if ((await app.engine.describe(executionName(inputOf(doc)))) === 'running') return false;
  return renew(app, doc);
}
