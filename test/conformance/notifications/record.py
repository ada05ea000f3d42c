"""What Prefect's notification blocks send: reads cases as JSON from standard input, prints the requests of each, sends nothing."""

import json
import sys

import httpx
import requests.adapters
from prefect.blocks import notifications

CLASSES = {
    block.get_block_type_slug(): block
    for block in vars(notifications).values()
    if isinstance(block, type)
    and issubclass(block, notifications.NotificationBlock)
    and not block.__name__.startswith("A")
    and block is not notifications.NotificationBlock
}
sent: list[dict[str, object]] = []


def note(method: str, url: str, headers: object, body: object) -> None:
    text = body.decode() if isinstance(body, bytes) else body
    sent.append({"method": method, "url": url, "headers": dict(headers), "body": text})


def record_requests(self, request, **_):
    note(request.method, request.url, request.headers, request.body)
    response = requests.Response()
    response.status_code = 202 if "sendgrid" in request.url or "pagerduty" in request.url else 200
    if "discord" in request.url:
        response.status_code = 204
    if "twilio" in request.url:
        response.status_code = 201
    response._content = b"ok" if "slack" in request.url else b"{}"
    response.request = request
    return response


def record_httpx(self, request):
    note(request.method, str(request.url), request.headers, request.read())
    return httpx.Response(200, request=request)


requests.adapters.HTTPAdapter.send = record_requests
httpx.HTTPTransport.handle_request = record_httpx

answers = []
for case in json.load(sys.stdin):
    sent.clear()
    error = None
    try:
        CLASSES[case["slug"]](**case["data"]).notify(case["body"], case["subject"])
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    answers.append({"requests": list(sent), "error": error})
json.dump(answers, sys.stdout)
