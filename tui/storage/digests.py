"""Digest files and public keys in the cache: the evidence, as it was fetched.

A digest file is known by its URI and version; one that was altered is another version, and both
stay. Owns the tables `digest` and `public_key`. What is vouched for by them is `verdicts`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from tui.domain.digests import VALID, DigestFile, PublicKey, SavedDigest
from tui.domain.integrity import Stream

_FILE = "uri, version, metadata, body"
_STREAM = "trail, home, account, region, backfill"


def add_keys(connection: sqlite3.Connection, keys: Iterable[PublicKey]) -> None:
    """Keep public keys; of one known by its region and fingerprint, the latest answer."""
    connection.executemany("INSERT OR REPLACE INTO public_key VALUES (?, ?, ?, ?, ?)", keys)


def keys(connection: sqlite3.Connection, region: str) -> list[PublicKey]:
    """Return the public keys of a region."""
    query = 'SELECT region, fingerprint, value, start, "end" FROM public_key WHERE region = ?'
    return [PublicKey(*row) for row in connection.execute(query, (region,))]


def add(connection: sqlite3.Connection, saved: SavedDigest) -> int:
    """Keep a digest file with its verdict, or only the new verdict, and return its number."""
    file = saved.file
    number: int = connection.execute(
        "INSERT INTO digest (uri, version, metadata, body, size, "
        f'{_STREAM}, start, "end", verdict, at, trusted) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uri, version) DO UPDATE "
        "SET verdict = excluded.verdict, at = excluded.at, metadata = excluded.metadata, "
        "body = excluded.body, size = excluded.size, start = excluded.start, "
        "trusted = excluded.trusted RETURNING id",
        (
            *(file.uri, file.version, json.dumps(dict(file.metadata)), file.body, len(file.body)),
            *(*saved.stream, saved.start, saved.end, saved.verdict, saved.at, saved.trusted),
        ),
    ).fetchone()[0]
    return number


def judge(connection: sqlite3.Connection, judged: Iterable[SavedDigest]) -> None:
    """Keep new verdicts of digest files that are kept."""
    connection.executemany(
        "UPDATE digest SET verdict = ?, at = ?, start = ?, trusted = ? "
        "WHERE uri = ? AND version = ?",
        [
            (*(each.verdict, each.at, each.start, each.trusted), each.file.uri, each.file.version)
            for each in judged
        ],
    )


def versions(connection: sqlite3.Connection, stream: Stream) -> set[tuple[str, str]]:
    """Return (URI, version) of each digest file of a stream that is kept."""
    query = f"SELECT uri, version FROM digest WHERE ({_STREAM}) = (?, ?, ?, ?, ?)"
    return set(connection.execute(query, stream))


def number(connection: sqlite3.Connection, uri: str, version: str) -> int | None:
    """Return the number of a digest file that is kept."""
    query = "SELECT id FROM digest WHERE uri = ? AND version = ?"
    row = connection.execute(query, (uri, version)).fetchone()
    return None if row is None else int(row[0])


def files(
    connection: sqlite3.Connection, wanted: Sequence[tuple[str, str]]
) -> Iterator[DigestFile]:
    """Yield the kept files of these URIs and versions, in that order."""
    query = f"SELECT {_FILE} FROM digest WHERE uri = ? AND version = ?"
    for each in wanted:
        row = connection.execute(query, each).fetchone()
        if row is not None:
            yield _file(*row)


def versions_of(connection: sqlite3.Connection, uri: str) -> Iterator[DigestFile]:
    """Yield every version of a file that is kept."""
    for row in connection.execute(f"SELECT {_FILE} FROM digest WHERE uri = ?", (uri,)):
        yield _file(*row)


def of_place(connection: sqlite3.Connection, account: str, region: str) -> list[SavedDigest]:
    """Return the digests of an account and region that were valid, earliest first."""
    query = 'SELECT min("end"), max("end") FROM digest WHERE account = ? AND region = ?'
    start, end = connection.execute(query, (account, region)).fetchone()
    if end is None:
        return []
    every = (each for _, each in saved(connection, start - 1, end))
    place = (account, region)
    return [
        each
        for each in every
        if (each.stream.account, each.stream.region) == place and each.verdict == VALID
        if each.file.uri.startswith("s3://")
    ]


def saved(
    connection: sqlite3.Connection, start: int, end: int
) -> Iterator[tuple[int, SavedDigest]]:
    """Yield each kept digest, with its number, that ends after `start` and not after `end`."""
    query = (
        f'SELECT id, start, "end", verdict, at, trusted, {_STREAM}, {_FILE} FROM digest '
        'WHERE "end" > ? AND "end" <= ? ORDER BY "end", id'
    )
    for row in connection.execute(query, (start, end)):
        number, began, ended, verdict, at, trusted = row[:6]
        trail, home, account, region, backfill = row[6:11]
        stream = Stream(trail, home, account, region, bool(backfill))
        file = _file(*row[11:])
        yield number, SavedDigest(file, stream, began, ended, verdict, at, bool(trusted))


def _file(uri: str, version: str, metadata: str, body: bytes) -> DigestFile:
    return DigestFile(uri, version, json.loads(metadata), body)
