import { constants } from 'node:os';
import type { Observation } from '../../../shared/targets/target.ts';
import { isAlive, isSameBoot } from '../process-identity.ts';
import { type AttemptFolder, readClaim, readExit, readStop } from './attempt-folder.ts';

const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
/** A shell tells the end by a signal as 128 + its number. */
const SIGNALLED = 128;

/** One look at an attempt's process; never throws for "not there". */
export function describeProcess(folder: AttemptFolder): Observation {
  const claim = readClaim(folder);
  if (!claim) return { phase: 'gone', message: 'No process was started for this attempt.' };
  // in this order: a wrapper writes `exit` before it ends
  const alive = claim.process !== null && isAlive(claim.process);
  const exitCode = readExit(folder);
  if (exitCode !== null) return exited(folder, exitCode);
  if (alive) return { phase: 'running', message: `Process ${claim.process.pid} is running.` };
  const stop = readStop(folder);
  if (stop) {
    return { phase: 'stopped', cause: 'user-stop', message: `The process was killed because ${stop.why}.` };
  }
  if (claim.process && !isSameBoot(claim.process)) {
    return { phase: 'stopped', cause: 'host', message: 'The machine restarted while the process was running.' };
  }
  return {
    phase: 'stopped',
    cause: 'unknown',
    message: 'The process and the shell around it were killed (SIGKILL): by hand, or by the system for lack of memory.',
  };
}

function exited(folder: AttemptFolder, exitCode: number): Observation {
  const stop = readStop(folder);
  if (stop && exitCode > SIGNALLED) {
    return { phase: 'stopped', exitCode, cause: 'user-stop', message: `The process was stopped because ${stop.why}.` };
  }
  if (exitCode === 0)
    return { phase: 'succeeded', exitCode, cause: 'exit', message: 'The process exited with code 0.' };
  const killed = exitCode === SIGNALLED + constants.signals.SIGKILL;
  return { phase: 'failed', exitCode, cause: killed ? 'oom' : 'exit', message: reasonOf(exitCode) };
}

function reasonOf(exitCode: number): string {
  if (exitCode === NOT_FOUND) {
    return "The command, or one that it called, was not found. Check the job variable 'command' and PATH in 'env'.";
  }
  if (exitCode === NOT_EXECUTABLE) {
    return 'The command was found but could not be executed. Check its file mode and its first line.';
  }
  const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - SIGNALLED)?.[0];
  if (signal === 'SIGKILL') {
    return 'The process was killed (SIGKILL), most often by the system because memory ran out.';
  }
  return signal ? `The process was ended by the signal ${signal}.` : `The process exited with code ${exitCode}.`;
}
