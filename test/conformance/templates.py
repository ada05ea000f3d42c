"""What Prefect's server makes of templates: reads `{"context": …, "templates": […]}` as JSON, prints a text or an error for each."""

import json
import sys

from prefect.server.events.jinja_filters import all_filters
from prefect.server.events.schemas.automations import Automation, Firing, TriggerState
from prefect.server.events.schemas.events import ReceivedEvent
from prefect.server.events.schemas.labelling import LabelDiver
from prefect.server.schemas.core import Flow, WorkPool
from prefect.server.schemas.responses import DeploymentResponse, FlowRunResponse, WorkQueueWithStatus
from prefect.server.utilities.user_templates import (
    TemplateRenderError,
    register_user_template_filters,
    render_user_template_sync,
)

MODELS = {
    "automation": Automation,
    "deployment": DeploymentResponse,
    "flow": Flow,
    "flow_run": FlowRunResponse,
    "work_pool": WorkPool,
    "work_queue": WorkQueueWithStatus,
}
given = json.load(sys.stdin)
things = given["context"]
context = {name: model.model_validate(things[name]) for name, model in MODELS.items()}
event = ReceivedEvent.model_validate(things["event"])
firing = Firing(
    id=things["firing"]["id"],
    trigger=context["automation"].trigger,
    trigger_states={TriggerState.Triggered},
    triggered=things["firing"]["triggered"],
    triggering_labels=things["labels"],
    triggering_event=event,
)
context |= {
    "event": event,
    "labels": LabelDiver(things["labels"]),
    "firing": firing,
    "firings": firing.all_firings(),
    "events": firing.all_events(),
    "variables": things["variables"],
    "task_run": None,
}

register_user_template_filters(all_filters)


def rendered(template: str) -> str:
    try:
        return render_user_template_sync(template, context)
    except TemplateRenderError as error:
        return f"error: {error.error!r}"


print(json.dumps([rendered(template) for template in given["templates"]]))
