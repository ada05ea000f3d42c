import type { FlowRunDocument } from '../domain/flow-run-life.ts';
import type { App } from './app.ts';

export async function publishStateEvent(_app: App, _doc: FlowRunDocument, _stateId: string): Promise<void> {}
export async function mirrorStateToParent(_app: App, _doc: FlowRunDocument, _stateId: string): Promise<void> {}
