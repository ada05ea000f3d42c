"""Runs commands of the real `prefect` CLI one after the other in this process, which saves its start of three seconds each.

Reads a JSON list of argument lists from its first argument, prints `{"exit": …, "output": …}` for each in a JSON list. Where an
argument holds `{name}`, it is filled with what an earlier command was told to keep: `["keep", name, pattern]` after a command
keeps the first group of the pattern in its output.
"""

import contextlib
import io
import json
import os
import re
import sys

from prefect.cli import app

kept, results, start = {}, [], os.getcwd()
for command in json.loads(sys.argv[1]):
    if command[0] == "keep":
        found = re.search(command[2], results[-1]["output"])
        kept[command[1]] = found.group(1) if found else "nothing-found"
        continue
    os.chdir(start)
    output, code = io.StringIO(), 0
    sys.argv = ["prefect", "--no-prompt", *(re.sub(r"\{(\w+)\}", lambda m: kept[m[1]] if m[1] in kept else m[0], part) for part in command)]
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            app()
        except SystemExit as end:
            code = end.code or 0
        except BaseException as error:
            output.write(f"{type(error).__name__}: {error}")
            code = 1
    results.append({"exit": code, "output": output.getvalue()})
print("RESULTS " + json.dumps(results))
