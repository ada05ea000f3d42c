"""What Prefect's server makes of templates with its own filters: reads a list of templates as JSON, prints the texts as JSON."""

import json
import sys
from datetime import datetime, timezone
from uuid import UUID

from prefect.server.events.jinja_filters import all_filters
from prefect.server.events.schemas.automations import Automation
from prefect.server.events.schemas.events import ReceivedEvent, Resource
from prefect.server.schemas.core import Flow, TaskRun, WorkPool
from prefect.server.schemas.responses import FlowRunResponse, WorkQueueWithStatus
from prefect.server.utilities.user_templates import register_user_template_filters, render_user_template_sync


def thing(model: type, place: int) -> object:
    return model.model_construct(id=UUID(f"0194a5c8-0000-7000-8000-{place:012}"), name=f"n{place}")


things = [
    ("flow", Flow),
    ("flow_run", FlowRunResponse),
    ("task_run", TaskRun),
    ("work_pool", WorkPool),
    ("work_queue", WorkQueueWithStatus),
    ("automation", Automation),
]
context = {name: thing(model, place) for place, (name, model) in enumerate(things)}
context["event"] = ReceivedEvent(
    id=UUID("0194a5c8-0000-7000-8000-000000000009"),
    occurred=datetime(2030, 1, 2, 3, tzinfo=timezone.utc),
    event="x",
    resource=Resource.model_validate({"prefect.resource.id": "order.1", "prefect.resource.name": "o"}),
)

register_user_template_filters(all_filters)
print(json.dumps([render_user_template_sync(template, context) for template in json.load(sys.stdin)]))
