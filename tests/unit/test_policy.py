"""The policy allows exactly what is asked of AWS, as the code that asks it tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import boto3
from botocore import xform_name

from tui.jobs import doctor
from tui.sources.aws.permissions import PERMISSIONS
from tui.sources.aws.policy import STATEMENTS

SOURCES = Path(doctor.__file__).parents[1] / "sources" / "aws"
SERVICES = (
    *("account", "cloudtrail", "ec2", "iam", "kms", "logs", "organizations", "s3", "sqs", "sts"),
)
"""A test below holds this to what clients are made for."""
ANOTHER_NAME = {
    # Service Authorization Reference, S3 and SQS: operations that an action of another name allows
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
}
FREE = {"sts:GetCallerIdentity"}
"""STS API reference: no permission is needed, and none can deny it."""
MADE_BY_OTHERS = {"kms:Decrypt"}
"""S3 user guide, SSE-KMS: S3 asks that for whoever gets the object."""


@cache
def operations() -> dict[str, set[str]]:
    """Return the actions that a method of a client of one of the services may mean, by its name."""
    found: dict[str, set[str]] = {}
    session = boto3.Session(region_name="us-east-1")
    for service in SERVICES:
        client = session.client(service, aws_access_key_id="x", aws_secret_access_key="x")
        for name in client.meta.service_model.operation_names:
            action = f"{service}:{name}"
            found.setdefault(xform_name(name), set()).add(ANOTHER_NAME.get(action, action))
    return found


def words(tree: ast.AST) -> Iterator[str]:
    """Yield what could be the name of a method: attributes, and names kept as text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def trees(folder: Path) -> Iterator[ast.AST]:
    """Yield the modules of a folder, but for the doctor's table: to test is not to use."""
    for path in sorted(folder.rglob("*.py")):
        if path.name != "permissions.py":
            yield ast.parse(path.read_text())


@cache
def used() -> dict[str, set[str]]:
    """Return the actions that each operation named in the sources may mean."""
    named = {word for tree in trees(SOURCES) for word in words(tree)}
    return {name: actions for name, actions in operations().items() if name in named}


def allowed() -> set[str]:
    return {action for statement in STATEMENTS for action in statement.actions}


def test_every_operation_that_is_asked_for_is_allowed() -> None:
    assert len(used()) > 15
    lacking = {name: found for name, found in used().items() if not found & (allowed() | FREE)}
    assert not lacking


def test_nothing_is_allowed_that_is_not_asked_for() -> None:
    asked = {action for actions in used().values() for action in actions}
    assert allowed() - asked == MADE_BY_OTHERS


def test_only_the_sources_ask_and_only_the_services_that_were_looked_at() -> None:
    asked = set()
    for tree in trees(SOURCES.parents[1]):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                first = node.args[0] if node.args else None
                asks = node.func.attr in ("client", "streaming", "_ask")
                if asks and isinstance(first, ast.Constant):
                    asked.add(first.value)
    assert {"cloudtrail", "s3", "sqs", "logs"} < asked <= set(SERVICES)


def test_what_the_doctor_tests_is_in_the_policy() -> None:
    assert {permission.action for permission in PERMISSIONS} <= allowed()
    sids = [statement.sid for statement in STATEMENTS]
    assert all(sid.isalnum() and sid.startswith(("Needed", "Optional")) for sid in sids)
    assert len(set(sids)) == len(sids)
