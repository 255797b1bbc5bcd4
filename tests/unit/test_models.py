"""Descriptions of services say the same, however they are read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from botocore.loaders import Loader

from tui.sources.aws.models import loader

SERVICES = ("account", "cloudtrail", "ec2", "iam", "logs", "organizations", "s3", "sqs", "sts")
KINDS = ("service-2", "endpoint-rule-set-1")


@pytest.mark.parametrize("service", SERVICES)
def test_a_description_is_what_botocore_reads(service: str) -> None:
    for kind in KINDS:
        ours, theirs = (each.load_service_model(service, kind) for each in (loader(None), Loader()))
        assert json.dumps(ours) == json.dumps(theirs)


def test_a_service_without_a_description_is_as_unknown_as_in_botocore() -> None:
    for each in (loader(None), Loader()):
        with pytest.raises(Exception, match="Unknown service: 'trailhound'"):
            each.load_service_model("trailhound", "service-2")


@pytest.mark.parametrize("name", ["service-2.json", "service-2.json.gz"])
def test_the_users_own_descriptions_are_found_as_they_are_or_compressed(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "kennel" / "2026-01-01"
    folder.mkdir(parents=True)
    text = b'{"metadata": {"serviceId": "Kennel"}}'
    (folder / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    found = loader(str(tmp_path)).load_service_model("kennel", "service-2")
    assert found["metadata"] == {"serviceId": "Kennel"}
