from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from random import Random

import pytest

from tests.unit.delivered import line, log_file, log_text
from tui.errors import InputError
from tui.sources.folder import LocalFiles

LOG = log_file(line(1))
EARLY = "1_CloudTrail_eu-west-1_20231114T0005Z_aaaa.json.gz"
LATE = "1_CloudTrail_eu-west-1_20231114T2310Z_aaaa.json.gz"


def names(source: LocalFiles) -> list[str]:
    return [Path(item.uri).name for item in source.objects()]


def contents(source: LocalFiles) -> dict[str, bytes | None]:
    """Return what reading each listed file gives, None for an OSError."""
    found: dict[str, bytes | None] = {}
    for item in source.objects():
        try:
            found[Path(item.uri).name] = source.read(item)
        except OSError:
            found[Path(item.uri).name] = None
    return found


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, content in members.items():
            writer.writestr(name, content)
    return out.getvalue()


def test_the_newest_by_name_comes_first_in_any_layout(tmp_path: Path) -> None:
    for number, name in enumerate((EARLY, LATE, "plain.json")):
        (tmp_path / f"{number}/deep").mkdir(parents=True)
        (tmp_path / f"{number}/deep/{name}").write_bytes(LOG)
    assert names(LocalFiles([tmp_path])) == [LATE, EARLY, "plain.json"]


def test_a_file_named_twice_is_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(LOG)
    assert names(LocalFiles([tmp_path, path, tmp_path])) == ["a.json"]


def test_names_that_promise_no_logs_are_counted_but_a_named_file_is_read(tmp_path: Path) -> None:
    for name in ("README.md", "a.txt", "noending", "b.JSON"):
        (tmp_path / name).write_bytes(LOG)
    source = LocalFiles([tmp_path])
    assert names(source) == ["b.JSON"]
    assert source.passed_over == 3
    assert names(LocalFiles([tmp_path / "a.txt"])) == ["a.txt"]


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "none/deeper.json"):
        with pytest.raises(InputError, match=f"{path} does not exist"):
            LocalFiles([tmp_path, path])


def test_a_path_that_cannot_be_looked_at_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(LOG)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path, why in (
        (tmp_path / "file/below.json", "Not a directory"),
        (tmp_path / "loop", "Too many levels"),
        (tmp_path / ("x" * 300), "File name too long"),
    ):
        with pytest.raises(InputError, match=why):
            LocalFiles([path])


def test_a_pipe_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "a.json").write_bytes(LOG)
    source = LocalFiles([tmp_path, tmp_path / "pipe.json"])
    assert names(source) == ["a.json"]
    assert source.passed_over == 2


def test_links_to_files_are_read_and_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "a.json").write_bytes(LOG)
    (logs / "again").symlink_to(logs)
    (logs / "linked.json").symlink_to(logs / "a.json")
    (logs / "loop.json").symlink_to(logs / "loop.json")
    (logs / "nowhere.json").symlink_to(logs / "none.json")
    source = LocalFiles([logs])
    assert contents(source) == {
        "a.json": LOG,
        "linked.json": LOG,
        "loop.json": None,
        "nowhere.json": None,
    }
    assert source.passed_over == 1


def test_a_file_that_goes_between_listing_and_reading_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(LOG)
    source = LocalFiles([tmp_path])
    (item,) = source.objects()
    (tmp_path / "a.json").unlink()
    with pytest.raises(FileNotFoundError):
        source.read(item)
    (tmp_path / "a.json").mkdir()
    with pytest.raises(IsADirectoryError):
        source.read(item)


def test_a_file_above_the_cap_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(bytes(1_001))
    source = LocalFiles([tmp_path], cap=1_000)
    (item,) = source.objects()
    with pytest.raises(OSError, match="more than 1,000 bytes"):
        source.read(item)


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.json", b"a\nb\x1b[31m.json", b"a!/b.json", b"[bold]x[/].json", b" .json"]
)
def test_any_file_name_can_be_listed_stored_and_read(tmp_path: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(LOG)
    source = LocalFiles([tmp_path])
    (item,) = source.objects()
    item.uri.encode("utf-8")
    assert source.read(item) == LOG


def test_members_of_an_archive_are_files_in_any_folder(tmp_path: Path) -> None:
    members = {
        f"AWSLogs/1/{EARLY}": LOG,
        f"AWSLogs/2/{LATE}": LOG,
        "deep/a/b/c.json": log_text(line(3)),
        "../../outside.json": LOG,
        "/etc/absolute.json": LOG,
        "notes.txt": b"x",
        "inner.zip": archive({"a.json": LOG}),
        "folder.json/": b"",
    }
    (tmp_path / "logs.zip").write_bytes(archive(members))
    source = LocalFiles([tmp_path])
    assert contents(source) == {
        LATE: LOG,
        EARLY: LOG,
        "c.json": log_text(line(3)),
        "outside.json": LOG,
        "absolute.json": LOG,
    }
    assert source.passed_over == 2
    assert names(source)[:2] == [LATE, EARLY]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_each_read(tmp_path: Path) -> None:
    first, second, third = (log_file(line(number)) for number in (1, 2, 3))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for text in (first, second, third):
            made.writestr("a.json.gz", text)
    (tmp_path / "logs.zip").write_bytes(content.getvalue())
    source = LocalFiles([tmp_path])
    assert [contents(source)[name] for name in sorted(contents(source))] == [first, second, third]
    assert sorted(contents(source)) == ["a.json.gz", "a.json.gz (2)", "a.json.gz (3)"]


def test_an_archive_is_opened_once_however_many_members_are_read(tmp_path: Path) -> None:
    (tmp_path / "logs.zip").write_bytes(archive({f"{number}.json": LOG for number in range(50)}))
    source = LocalFiles([tmp_path])
    items = list(source.objects())
    (tmp_path / "logs.zip").unlink()
    assert {source.read(item) for item in items} == {LOG}
    assert len(items) == 50


def test_members_of_an_archive_come_together_the_newest_archive_first(tmp_path: Path) -> None:
    """Else each of many archives would be opened again for each of its members."""
    for name, hours in (("a", (1, 4, 7)), ("b", (2, 5, 8)), ("c", (3, 6))):
        members = {f"{name}_CloudTrail_x_20231114T0{each}00Z_a.json.gz": LOG for each in hours}
        (tmp_path / f"{name}.zip").write_bytes(archive(members))
    (tmp_path / "d_CloudTrail_x_20231114T0730Z_a.json.gz").write_bytes(LOG)
    found = [name[0] + name[25] for name in names(LocalFiles([tmp_path]))]
    assert found == ["b8", "b5", "b2", "d7", "a7", "a4", "a1", "c6", "c3"]


def test_an_archive_that_is_none_says_so(tmp_path: Path) -> None:
    for number, content in enumerate(
        (b"", b"PK\x03\x04", b"hello", archive({"a.json": LOG})[:-30])
    ):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(content)
        source = LocalFiles([path])
        (item,) = source.objects()
        assert item.uri == f"file://{path}"
        with pytest.raises(OSError, match="archive is damaged"):
            source.read(item)


def test_an_encrypted_member_says_so(tmp_path: Path) -> None:
    content = bytearray(archive({"a.json": LOG}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    source = LocalFiles([tmp_path])
    (item,) = source.objects()
    with pytest.raises(OSError, match="encrypted"):
        source.read(item)


def test_a_bomb_in_an_archive_is_stopped_at_the_cap(tmp_path: Path) -> None:
    honest = archive({"a.json": bytes(5_000_000)})
    assert len(honest) < 10_000
    lying = honest.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    for number, content in enumerate((honest, lying)):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(content)
        source = LocalFiles([path], cap=10_000)
        (item,) = source.objects()
        with pytest.raises(OSError, match=r"more than 10,000 bytes|damaged"):
            source.read(item)


def test_no_damage_to_an_archive_raises_anything_but_os_errors(tmp_path: Path) -> None:
    whole = archive({"a.json": LOG, "b/c.json.gz": LOG * 3})
    rng = Random(1)
    path = tmp_path / "a.zip"
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        path.write_bytes(content)
        contents(LocalFiles([path]))
