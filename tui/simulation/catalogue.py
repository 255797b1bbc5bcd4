"""The actions of the simulated accounts, and how a record of each is laid out.

The tables are `data/actions/*.toml`. A layout is the JSON text of a whole record with `<marks>`
where values go; the order and presence of fields is that of delivered log files (CloudTrail user
guide, "CloudTrail record contents"). Which values go in is `scene`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from tui.simulation.organization import HOME, read_table

TABLES = ("compute", "data", "identity", "operations")
EVENT_TYPES = {"e": "AwsServiceEvent", "n": "AwsConsoleSignIn"}


class Action(NamedTuple):
    """One row of the tables; an empty text stands for null."""

    kind: str
    weight: float
    name: str
    parameters: str
    response: str = ""
    resources: str = ""


class Fault(NamedTuple):
    """One way a call of a service fails."""

    weight: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Service:
    """What the actions of one service have in common."""

    actions: tuple[Action, ...]
    faults: tuple[Fault, ...] = ()
    host: str = ""
    additional: str = ""
    api: str = ""
    request: str = "<request>"
    version: str = "1.11"
    anywhere: bool = True


class Call(NamedTuple):
    """An action of a service; `name` tells it from every other."""

    service: str
    action: Action
    name: str


@cache
def services() -> dict[str, Service]:
    """Return every service by the first label of its eventSource."""
    found: dict[str, Service] = {}
    for name in TABLES:
        found |= read_table(f"actions/{name}.toml", dict[str, Service])
    return found


@cache
def call(name: str) -> Call:
    """Return the action of `service:Action`; KeyError when the tables have none."""
    service, _, wanted = name.partition(":")
    for action in services()[service].actions:
        if action.name == wanted:
            return Call(service, action, name)
    raise KeyError(name)


def matching(pattern: str, region: str) -> list[Call]:
    """Return the actions that `service:kind` or `service:Action` means in this Region."""
    name, _, wanted = pattern.partition(":")
    service = services()[name]
    if region != HOME and not service.anywhere:
        return []
    return [
        Call(name, row, f"{name}:{row.name}")
        for row in service.actions
        if wanted in (row.kind, row.name)
    ]


class Manner(NamedTuple):
    """How a call reaches AWS: directly, from the console, by a service, through an endpoint."""

    tls: bool = True
    console: bool = False
    endpoint: bool = False
    shared: bool = False


DIRECT = Manner()


def _quoted(text: str) -> str:
    return f'"{text}"'


def _resources(action: Action) -> str:
    entries = []
    for entry in action.resources.split():
        kind, _, arn = entry.partition("=")
        # The role of an AssumeRole may be another account's.
        account = "<owner>" if action.kind == "b" else "<account>"
        owner = "" if kind == "AWS::S3::Object" else f'"accountId":"{account}",'
        entries.append(f'{{{owner}"type":"{kind}","ARN":"{arn}"}}')
    return f"[{','.join(entries)}]"


def _outcome(action: Action, fault: Fault | None) -> list[tuple[str, str]]:
    if fault is None:
        return [("responseElements", action.response or "null")]
    if action.kind == "n":
        return [("responseElements", f'{{"{action.name}":"Failure"}}')]
    return [("responseElements", "null")]


def _faults(fault: Fault | None) -> list[tuple[str, str]]:
    if fault is None:
        return []
    fields = [("errorCode", fault.code), ("errorMessage", fault.message)]
    return [(name, _quoted(text.replace('"', '\\"'))) for name, text in fields if text]


def _ending(call: Call, service: Service, manner: Manner) -> list[tuple[str, str]]:
    """Return the fields from eventType on."""
    action = call.action
    data = action.kind.startswith("d")
    fields = [("eventType", _quoted(EVENT_TYPES.get(action.kind, "AwsApiCall")))]
    if service.api:
        fields.append(("apiVersion", _quoted(service.api)))
    fields += [
        ("managementEvent", "false" if data else "true"),
        ("recipientAccountId", _quoted("<account>")),
    ]
    if manner.shared:
        fields.append(("sharedEventID", _quoted("<shared>")))
    if action.kind == "e":
        fields.append(("serviceEventDetails", action.parameters))
    if manner.endpoint:
        fields.append(("vpcEndpointId", _quoted("<endpoint>")))
        fields.append(("vpcEndpointAccountId", _quoted("<account>")))
    fields.append(("eventCategory", _quoted("Data" if data else "Management")))
    if manner.tls and action.kind != "e":
        host = service.host or f"{call.service}.<region>.amazonaws.com"
        suite = '"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256"'
        fields.append(("tlsDetails", f'{{{suite},"clientProvidedHostHeader":"{host}"}}'))
    if manner.console and action.kind != "n":
        fields.append(("sessionCredentialFromConsole", _quoted("true")))
    return fields


def layout(call: Call, manner: Manner, fault: Fault | None) -> str:
    """Return the text of a record of this call, with `<marks>` for what is drawn per event."""
    service = services()[call.service]
    action = call.action
    internal = action.kind == "e"
    fields = [
        ("eventVersion", _quoted(service.version)),
        ("userIdentity", "<identity>"),
        ("eventTime", _quoted("<time>")),
        ("eventSource", _quoted(f"{call.service}.amazonaws.com")),
        ("eventName", _quoted(action.name)),
        ("awsRegion", _quoted("<region>")),
        ("sourceIPAddress", _quoted("<ip>")),
        ("userAgent", _quoted("<agent>")),
        *_faults(fault),
        ("requestParameters", "null" if internal else action.parameters or "null"),
        *_outcome(action, fault),
    ]
    if service.additional:
        fields.append(("additionalEventData", service.additional))
    if action.kind not in EVENT_TYPES:
        fields.append(("requestID", _quoted(service.request)))
    reads = action.kind in ("r", "dr", "b")
    fields += [("eventID", _quoted("<event>")), ("readOnly", "true" if reads else "false")]
    if action.resources:
        fields.append(("resources", _resources(action)))
    fields += _ending(call, service, manner)
    return "{" + ",".join(f'"{name}":{value}' for name, value in fields) + "}"
