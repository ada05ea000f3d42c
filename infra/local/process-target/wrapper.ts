/**
 * The shell script between the home and a run's command; it goes on when the home is gone. Arguments: the attempt's folder, then
 * the command.
 *
 * - `pid` is made by exclusive creation before the command starts, so of two wrappers of one attempt only one goes on, whatever
 *   became of the home that spawned the other. It holds the pid, the boot and the start of this shell.
 * - The shell leads the process group. It outlives SIGTERM (the command gets its own) to write `exit`; a stop that came first is obeyed.
 * - Its variables have names that no job's `env` has, or the command would see them changed.
 * - Only builtins until the command runs, where there is a /proc.
 */
export const WRAPPER = `
_pp_folder=$1; shift; umask 077; set -C
{ read -r _pp_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || _pp_boot=
{ read -r _pp_started </proc/$$/stat; } 2>/dev/null || _pp_started=$(ps -o lstart= -p $$)
{ printf '%s\\n%s\\n%s\\n' "$$" "$_pp_boot" "$_pp_started" >"$_pp_folder/pid"; } 2>/dev/null || exit 0
_pp_code=143
if [ ! -e "$_pp_folder/stop" ]; then
  trap : TERM INT HUP
  umask 022
  "$@"
  _pp_code=$?
  umask 077
fi
printf '%s\\n' "$_pp_code" >"$_pp_folder/exit"
`;
