"""Modal's Python client against the fake; `check.ts` runs it with the address as argument. Fails by an assertion."""

import os
import sys

os.environ.update(MODAL_SERVER_URL=sys.argv[1], MODAL_TOKEN_ID="ak-test", MODAL_TOKEN_SECRET="as-test")
import modal  # noqa: E402 (reads the environment when it is imported)

app = modal.App.lookup("python-app", create_if_missing=True)
image = modal.Image.from_registry("python:3.12@sha256:" + "a" * 64)
for name, gpu in (("cpu", None), ("gpu", "T4")):
    sandbox = modal.Sandbox.create(
        "echo", "hi", app=app, image=image, name=name, gpu=gpu, timeout=60, env={"A": "b"}, tags={"kind": name}
    )
    assert sandbox.poll() is None, name
    listed = [one.object_id for one in modal.Sandbox.list(app_id=app.app_id, tags={"kind": name})]
    assert listed == [sandbox.object_id], (name, listed)
    assert modal.Sandbox.from_name("python-app", name).object_id == sandbox.object_id, name
    sandbox.terminate()
    assert sandbox.poll() == 137, name
