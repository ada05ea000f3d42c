"""What pushpool starts in a container instead of a bare `prefect flow-run execute`.

Prefect's engine reports task runs over one WebSocket, one event a frame. A gateway that takes frames of at most 32 KB
closes the socket at a larger one, the client then sends the same event again and again, and every later task run of the
flow run is lost. So a text over LIMIT bytes for `/events/in` goes by `POST /events` instead. Prefect before 3.6.14 does
not authenticate on that socket at all: there all events go by POST.

This one file is both halves. As the command (`python -c`, the file's own text in `source`) it writes itself as
`sitecustomize.py` into a folder of its own, puts that on PYTHONPATH, and becomes `prefect flow-run execute`. As
`sitecustomize`, in that process and in the engine it starts, it waits for the two modules to be imported and wraps them.
Nothing here may stop a flow: whatever fails, things go on as if this file were not there.
"""

import os
import sys

LIMIT = 30000


def post(text):
    """Sends one event by HTTP, with the run's credentials; raises when it does not arrive within 5 tries."""
    import base64
    import time

    import httpx

    env = os.environ
    auth = env.get("PREFECT_API_AUTH_STRING")
    if auth:
        auth = "Basic " + base64.b64encode(auth.encode()).decode()
    else:
        auth = "Bearer " + env.get("PREFECT_API_KEY", "")
    for wait in 1, 2, 4, 8, 0:
        try:
            return httpx.post(
                env["PREFECT_API_URL"].rstrip("/") + "/events",
                content="[" + text + "]",
                headers={"Authorization": auth, "Content-Type": "application/json"},
                timeout=30,
            ).raise_for_status()
        except Exception:
            if not wait:
                raise
            time.sleep(wait)


def socket(module):
    """Wraps the public `send` of `websockets`, for the events' socket only."""
    import asyncio

    plain = module.ClientConnection.send

    async def send(self, message, *rest, **more):
        try:
            if self.request.path.endswith("/events/in") and len(message.encode()) > LIMIT:
                return await asyncio.to_thread(post, message)
        except Exception:
            pass
        return await plain(self, message, *rest, **more)

    module.ClientConnection.send = send


def prefect(module):
    """Takes the socket out of an old Prefect's events client."""
    import asyncio
    import importlib.metadata
    import re

    if [int(part) for part in re.findall(r"\d+", importlib.metadata.version("prefect"))[:3]] >= [3, 6, 14]:
        return

    async def emit(self, event):
        await asyncio.to_thread(post, event.model_dump_json())

    client, base = module.PrefectEventsClient, module.EventsClient
    client.__aenter__, client.__aexit__, client._emit = base.__aenter__, base.__aexit__, emit


class Hook:
    """Finds the two modules as everyone else would, and wraps them once they have run."""

    wraps = {"websockets.asyncio.client": socket, "prefect.events.clients": prefect}

    def find_spec(self, name, path=None, target=None):
        wrap = self.wraps.pop(name, None)
        if not wrap:
            return
        try:
            import importlib.util

            spec = importlib.util.find_spec(name)
            run = spec.loader.exec_module
        except Exception:
            return

        def exec_module(module):
            run(module)
            try:
                wrap(module)
            except Exception:
                pass

        spec.loader.exec_module = exec_module
        return spec


if __name__ == "sitecustomize":
    sys.meta_path.insert(0, Hook())
    folder = os.path.dirname(__file__)
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    if os.environ.get("PUSHPOOL_LAUNCHER") == str(os.getpid()):
        import atexit
        import shutil

        atexit.register(shutil.rmtree, folder, True)
    # A sitecustomize that the image brings along runs as well, in our place.
    mine = sys.modules.pop(__name__)
    try:
        import sitecustomize  # noqa: F401
    except ImportError:
        sys.modules[__name__] = mine
else:
    command = ["prefect", "flow-run", "execute"]
    try:
        import tempfile

        folder = tempfile.mkdtemp()
        with open(folder + "/sitecustomize.py", "wb") as file:
            file.write(source)  # noqa: F821
        path = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = folder + os.pathsep + path if path else folder
        os.environ["PUSHPOOL_LAUNCHER"] = str(os.getpid())
    except Exception:
        pass
    try:
        os.execvp("prefect", command)
    except OSError:
        os.execv(sys.executable, [sys.executable, "-m"] + command)
