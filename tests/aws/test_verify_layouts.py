"""Prefixes, organizations, backfill, key changes, moved buckets and trails that share one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.digested import HOME, NOW, TRAIL, Delivery, Vault, add, iso, log
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tests.servers.verifying import Verify, verify
from tui.domain.integrity import Kind
from tui.simulation.digests import Hour, Logged, Origin, Signer, chain
from tui.sources.aws.keys import Folder
from tui.sources.aws.keys import Kind as Folders

__all__ = ["aws", "loopback", "verify"]
HOURS = 5
START = NOW - HOURS * 3600
BUCKET = "digested-logs"
WINDOW = ("--since", iso(START), "--until", iso(NOW))
WHOLE = ("--s3", f"s3://{BUCKET}", *WINDOW)


@pytest.fixture
def made(aws: LoopbackAws) -> Delivery:
    aws.quick = True
    made = Delivery()
    signer = made.signers[HOME] = Signer(HOME, NOW - 10 * 86_400)
    made.public.append(signer.public())
    return made


def deliver(
    made: Delivery,
    *,
    folder: Folder | None = None,
    numbers: Iterable[int] = (1, 2),
) -> list[Hour]:
    """Add log files to every hour; return the hours for their digests."""
    folder = folder or Folder("", None, ACCOUNT, Folders.EVENTS, HOME)
    hours = []
    for number in range(HOURS):
        start = START + number * 3600
        logs = [log(made, folder, start + 600 * each, each) for each in numbers]
        hours.append(Hour(start, start + 3600, tuple(logs)))
    return hours


def origin(root: str = "AWSLogs/", bucket: str = BUCKET, trail: str = TRAIL) -> Origin:
    return Origin(bucket, root, ACCOUNT, HOME, trail, HOME)


def digest(made: Delivery, hours: Sequence[Hour], where: Origin, *, backfill: bool = False) -> None:
    add(made, HOME, chain(where, hours, made.signers[HOME], backfill=backfill))


def test_an_organization_below_a_prefix(aws: LoopbackAws, made: Delivery, verify: Verify) -> None:
    folder = Folder("audit/", "o-abcdefghij", ACCOUNT, Folders.EVENTS, HOME)
    digest(made, deliver(made, folder=folder), origin("audit/AWSLogs/o-abcdefghij/"))
    vault = Vault(aws, made)
    for location in ("", "/audit", "/audit/AWSLogs/o-abcdefghij"):
        said = verify("--s3", f"s3://{BUCKET}{location}", *WINDOW)
        assert (said.code, said.findings) == (0, [])
        assert said.count("logs", "valid") == 2 * HOURS
    vault.put(made.logs[HOME][3].replace(".json.gz", "0.json.gz"), b"")
    assert [kind for kind, _ in verify(*WHOLE).findings] == [Kind.LOG_UNLISTED]


def test_a_backfill_digest_names_what_the_ordinary_one_missed(
    aws: LoopbackAws, made: Delivery, verify: Verify
) -> None:
    hours = deliver(made)
    late: list[Logged] = []
    for number, hour in enumerate(hours[1:4], 1):
        late.append(hour.logs[-1])
        hours[number] = hour._replace(logs=hour.logs[:-1])
    digest(made, hours, origin())
    plain = len(made.digests[HOME])
    digest(made, [hours[2]._replace(logs=tuple(late))], origin(), backfill=True)
    vault = Vault(aws, made)
    said = verify(*WHOLE)
    assert (said.code, said.findings) == (0, [])
    assert said.count("digests", "valid") == plain + 1
    assert said.count("logs", "valid") == 2 * HOURS
    vault.delete(made.digests[HOME][-1])
    assert {kind for kind, _ in verify(*WHOLE).findings} == {Kind.LOG_UNLISTED}


def test_the_key_may_change_within_a_chain(
    aws: LoopbackAws, made: Delivery, verify: Verify
) -> None:
    other = Signer(HOME, NOW - 7200)
    hours = deliver(made)
    hours[3:] = [each._replace(signer=other) for each in hours[3:]]
    digest(made, hours, origin())
    made.public.append(other.public())
    Vault(aws, made)
    assert verify(*WHOLE).code == 0


def test_a_chain_is_followed_into_the_bucket_it_comes_from(
    aws: LoopbackAws, made: Delivery, verify: Verify
) -> None:
    old = "older-logs"
    before = Delivery()
    hours = deliver(made)
    first = [
        hour._replace(
            logs=tuple(each._replace(bucket=old) for each in hour.logs), origin=origin(bucket=old)
        )
        for hour in hours[:2]
    ]
    files = list(chain(origin(), [*first, *hours[2:]], made.signers[HOME]))
    for number, file in enumerate(files):
        holder = before if number < len(first) else made
        holder.objects[file.uri.split("/", 3)[3]] = (file.body, file.metadata)
    for hour in first:
        for each in hour.logs:
            before.objects[each.key] = made.objects.pop(each.key)
    Vault(aws, made)
    older = Vault(aws, before, old)
    said = verify(*WHOLE)
    assert (said.code, said.findings, said.problems) == (0, [], "")
    assert said.count("digests", "valid") == HOURS
    assert said.count("logs", "valid") == 2 * HOURS
    older.delete(first[0].logs[0].key)
    assert verify(*WHOLE).findings == [(Kind.LOG_MISSING, f"s3://{old}/{first[0].logs[0].key}")]


def test_trails_that_share_a_bucket_do_not_accuse_each_other(
    aws: LoopbackAws, made: Delivery, verify: Verify
) -> None:
    digest(made, deliver(made), origin())
    mine = len(made.digests[HOME])
    digest(made, deliver(made, numbers=(3, 4)), origin(trail="other"))
    vault = Vault(aws, made)
    arn = vault.trail()
    said = verify("--trail", arn, *WINDOW)
    assert (said.code, said.findings) == (0, [])
    assert (said.count("digests", "valid"), said.count("logs", "valid")) == (mine, 2 * HOURS)
    assert verify(*WHOLE).count("logs", "valid") == 4 * HOURS


@pytest.mark.parametrize("deleted", [False, True])
def test_a_trail_of_one_region_is_not_missed_where_only_another_one_delivers(
    aws: LoopbackAws, made: Delivery, verify: Verify, *, deleted: bool
) -> None:
    digest(made, deliver(made), origin())
    away = "eu-west-1"
    folder = Folder("", None, ACCOUNT, Folders.EVENTS, away)
    signer = made.signers[away] = Signer(away, NOW - 10 * 86_400)
    made.public.append(signer.public())
    others = Origin(BUCKET, "AWSLogs/", ACCOUNT, away, "other", HOME)
    add(made, away, chain(others, deliver(made, folder=folder), signer))
    if deleted:
        deliver(made, folder=folder, numbers=(3,))
    vault = Vault(aws, made)
    arn = vault.trail(everywhere=deleted)
    said = verify("--trail", arn, *WINDOW)
    missing = f"s3://{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail-Digest/{away}/"
    assert said.findings == ([(Kind.DIGEST_MISSING, missing)] if deleted else [])
    assert (said.count("digests", "valid"), said.count("logs", "valid")) == (HOURS, 2 * HOURS)


def test_a_file_that_no_digest_names_is_told_of_by_one_of_the_trails_that_share_a_folder(
    aws: LoopbackAws, made: Delivery, verify: Verify
) -> None:
    digest(made, deliver(made), origin())
    digest(made, deliver(made, numbers=(3, 4)), origin(trail="other"))
    vault = Vault(aws, made)
    vault.trail()
    vault.trail("other")
    stray = made.logs[HOME][4].replace(".json.gz", "1.json.gz")
    vault.put(stray, vault.body(made.logs[HOME][4]))
    said = verify("--region", HOME, *WINDOW)
    assert said.findings == [(Kind.LOG_UNLISTED, f"s3://{BUCKET}/{stray}")]
    assert (said.count("logs", "unlisted"), said.count("logs", "valid")) == (1, 4 * HOURS)


def test_a_chain_is_followed_to_the_prefix_it_comes_from(
    aws: LoopbackAws, made: Delivery, verify: Verify, tmp_path: Path
) -> None:
    folder = Folder("audit/", None, ACCOUNT, Folders.EVENTS, HOME)
    old = [hour._replace(origin=origin()) for hour in deliver(made)[:2]]
    before = [each for hour in old for each in hour.logs]
    for key in made.logs.pop(HOME)[len(before) :]:
        del made.objects[key]
    new = deliver(made, folder=folder)[2:]
    for key in made.logs.pop(HOME)[: len(before)]:
        del made.objects[key]
    digest(made, [*old, *new], origin(root="audit/AWSLogs/"))
    vault = Vault(aws, made)
    report = str(tmp_path / "report.json")
    for place in (BUCKET, f"{BUCKET}/audit"):
        said = verify("--s3", f"s3://{place}", "--report", report, *WINDOW)
        assert (said.code, said.findings, said.problems) == (0, [], "")
        counts = (said.count("digests", "valid"), said.count("logs", "valid"))
        assert counts == (HOURS, 2 * HOURS)
        again = verify("--recheck", report)
        assert (again.code, again.findings, again.count("digests", "valid")) == (0, [], HOURS)
    first, second = (f"s3://{BUCKET}/{key}" for key in made.digests[HOME][1:3])
    vault.delete(made.digests[HOME][1])
    for place in (BUCKET, f"{BUCKET}/audit"):
        assert verify("--s3", f"s3://{place}", *WINDOW).findings == [(Kind.DIGEST_MISSING, first)]
    vault.delete(made.digests[HOME][2])
    found = [uri for _, uri in verify(*WHOLE).findings]
    assert len(found) == 2
    assert second in found
