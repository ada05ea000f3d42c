"""Has Prefect's Slack block send mail: reads cases as JSON from standard input, prints the error of each or null."""

import json
import sys

from prefect.blocks.notifications import SlackWebhook

errors = []
for case in json.load(sys.stdin):
    try:
        block = SlackWebhook(url=case["url"])
        with block.raise_on_failure():
            block.notify(case["body"], case["subject"])
        errors.append(None)
    except Exception as problem:
        errors.append(f"{type(problem).__name__}: {problem}")
json.dump(errors, sys.stdout)
