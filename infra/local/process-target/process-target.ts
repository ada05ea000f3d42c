import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptId, Job, Listed, Submitted, Target } from '../../../shared/targets/target.ts';
import { type AttemptFolder, attemptFolder, filesOf, folderOf, readClaim } from './attempt-folder.ts';
import { attemptFolders, cleanUpProcess, sweepOldAttempts } from './clean-up.ts';
import { describeProcess } from './describe.ts';
import { readJob } from './job.ts';
import { readLastLines } from './output.ts';
import { stopProcess } from './stop.ts';
import { refOf, submitProcess } from './submit.ts';
import { type ContainerEndedEvent, createWatcher } from './watch.ts';

const SWEEP_INTERVAL_MS = 6 * 3600 * 1000;

export interface ProcessTargetOptions {
  readonly dataFolder: string;
  /** The container-ended door. */
  readonly onEnded: (event: ContainerEndedEvent) => Promise<unknown>;
  readonly log: (line: Record<string, unknown>) => void;
  /** Gets the output of jobs with `stream_output`. */
  readonly echo?: (flowRunId: string, text: string) => void;
  /** @default process.env */
  readonly homeEnv?: NodeJS.ProcessEnv;
  /** From SIGTERM to SIGKILL. @default 30, as Prefect's process worker */
  readonly graceSeconds?: number;
  /** How long the output of ended attempts is kept. @default 7 */
  readonly retentionDays?: number;
}

export interface ProcessTarget extends Target {
  submit(job: Job, at: AttemptId): Promise<Submitted>;
  find(job: Job, at: AttemptId): ReturnType<Target['find']>;
  /** Every attempt whose end has not been reported, whatever is `known`. */
  list(): Promise<Listed[]>;
  /** Takes over what the home before this one started: watches what runs, reports what ended unheard. */
  resume(): void;
  /** Stops watching; the processes run on. */
  close(): void;
}

/**
 * `process:push`, a target of the local home alone: each attempt is a process of its own, with its folder under DATA/runs. It
 * survives the home; the next one adopts it by pid and start time.
 */
export function createProcessTarget(options: ProcessTargetOptions): ProcessTarget {
  const runsFolder = join(options.dataFolder, 'runs');
  const { echo } = options;
  const watcher = createWatcher({
    graceSeconds: options.graceSeconds ?? 30,
    onEnded: options.onEnded,
    echo: echo ? (folder, text) => echo(folder.at.flowRunId, text) : null,
    log: options.log,
  });
  const sweep = () => sweepOldAttempts(runsFolder, Date.now() - (options.retentionDays ?? 7) * 24 * 3600 * 1000);
  let sweeper: NodeJS.Timeout | undefined;

  return {
    async submit(job, at) {
      const folder = attemptFolder(runsFolder, at);
      const { submitted, child } = await submitProcess(readJob(job, options.homeEnv ?? process.env), folder);
      watcher.watch(folder, child);
      return submitted;
    },
    async find(_job, at) {
      const folder = attemptFolder(runsFolder, at);
      const claim = readClaim(folder);
      return claim && refOf(folder, claim);
    },
    async describe(_job, ref) {
      return describeProcess(folderOf(runsFolder, ref));
    },
    async stop(_job, ref, why) {
      const folder = folderOf(runsFolder, ref);
      const answer = stopProcess(folder, why);
      if (answer === 'stopping') watcher.stopping(folder);
      return answer;
    },
    async cleanUp(_job, ref) {
      return cleanUpProcess(folderOf(runsFolder, ref));
    },
    async logs(_job, ref, { tail }) {
      return readLastLines(folderOf(runsFolder, ref), tail);
    },
    async list() {
      const found = [];
      for (const folder of attemptFolders(runsFolder)) {
        const claim = readClaim(folder);
        if (!claim || isOver(folder)) continue;
        found.push({ ref: refOf(folder, claim), at: folder.at, observation: describeProcess(folder) });
      }
      return found;
    },
    resume() {
      for (const folder of attemptFolders(runsFolder)) {
        if (readClaim(folder) && !isOver(folder)) watcher.watch(folder, null);
      }
      sweep();
      sweeper = setInterval(sweep, SWEEP_INTERVAL_MS).unref();
    },
    close() {
      clearInterval(sweeper);
      watcher.close();
    },
  };
}

const isOver = (folder: AttemptFolder): boolean => {
  const { reported, cleaned } = filesOf(folder);
  return existsSync(reported) || existsSync(cleaned);
};
