import { LAUNCHER_PACKED } from './launcher-packed.ts';

/**
 * The command of a container whose job names none: `prefect flow-run execute` behind the launcher
 * (`shared/launcher/launcher.py`), as one line that a POSIX shell and Python's `shlex.split` read alike as
 * `python -c <text>`. Under 2 KB, which leaves room in the 8,192 characters that ECS allows for overrides.
 */
export function launcherCommand(): string {
  return `python -c 'import zlib,base64;source=zlib.decompress(base64.b64decode("${LAUNCHER_PACKED}"));exec(source)'`;
}
