"""What the command line accepts, as tables: every command, its options, and their help.

Reading a command line by them is `parsing`; completion and documentation are made from them too.
"""

from __future__ import annotations

from typing import NamedTuple


class Option(NamedTuple):
    """One option; `values` are the choices, `metavar` names a free value, neither is a switch."""

    name: str
    help: str
    metavar: str | None = None
    values: tuple[str, ...] = ()
    default: str | None = None
    many: bool = False
    """Whether it may be given several times."""


class Command(NamedTuple):
    """One command; `text` names its free arguments, if it takes any."""

    name: str
    help: str
    options: tuple[Option, ...] = ()
    text: str | None = None
    examples: tuple[str, ...] = ()


CACHE = Option("--cache", "the cache file (default: the user's; also TRAILHOUND_CACHE)", "FILE")
SINCE = Option("--since", "only events from then on: 2026-11-20, -3h, 'yesterday 14:00'", "T")
UNTIL = Option("--until", "only events before then", "T")
ZONE = Option("--tz", "time zone of times given and shown (default: UTC, or as set)", "ZONE")
THEME = Option("--theme", "a theme; T in the explorer shows them all", "NAME")
NO_MOUSE = Option("--no-mouse", "leave the mouse to the terminal")
PROFILE = Option("--profile", "a profile of the AWS configuration; may repeat", "P", many=True)
REGION = Option("--region", "a region; all enabled ones without", "R", many=True)
MAX_SIZE = Option(
    "--max-size", "let go of the bytes of S3 files above this size, such as 2G", "SIZE"
)
KEEP = Option("--keep", "drop files older than so many days, such as 400d", "DAYS")
NO_UI = Option("--no-ui", "do the work, print a summary, and exit")
SHELLS = ("bash", "zsh", "fish")
SUMMARY = Option("--format", "form of the summary", values=("text", "json"), default="text")

COMMANDS = (
    Command(
        "",
        "the explorer, over what is cached; syncs from AWS in the background",
        (
            CACHE,
            ZONE,
            PROFILE,
            REGION,
            Option("--since", "sync from then on (default: history -90d, log files -7d)", "T"),
            MAX_SIZE,
            KEEP,
            Option("--offline", "ask AWS nothing, show what is cached"),
            THEME,
            NO_MOUSE,
        ),
        examples=("trailhound", "trailhound --profile audit --since -24h", "trailhound --offline"),
    ),
    Command(
        "demo",
        "a simulated organization with an attack in it; needs no AWS and no network",
        (
            CACHE,
            ZONE,
            NO_UI,
            SUMMARY,
            Option("--seed", "another seed, another organization", "N", default="7"),
            Option("--events", "how many events", "N", default="50000"),
            Option("--rate", "events a second while following", "N", default="2"),
            THEME,
            NO_MOUSE,
        ),
        examples=("trailhound demo", "trailhound demo --events 1000 --no-ui --format json"),
    ),
    Command(
        "open",
        "read local log files into the cache, then explore",
        (CACHE, ZONE, NO_UI, SUMMARY, THEME, NO_MOUSE),
        "PATH",
        ("trailhound open ./AWSLogs", "trailhound open logs.zip --no-ui --format json"),
    ),
    Command(
        "sync",
        "read event history and S3 log files from AWS into the cache",
        (
            CACHE,
            PROFILE,
            REGION,
            SINCE,
            UNTIL,
            ZONE,
            Option("--trail", "a trail's ARN; the account's own without", "ARN", many=True),
            Option("--s3", "s3://bucket/prefix, in place of trails", "URI", many=True),
            Option("--account", "only this account; may repeat", "A", many=True),
            Option(
                "--kind", "only events, insights, network or aggregated; may repeat", "K", many=True
            ),
            Option("--no-history", "leave event history out"),
            Option("--no-s3", "leave trails and their buckets out"),
            MAX_SIZE,
            KEEP,
            Option("--wait", "minutes to wait for expired credentials", "N", default="0"),
            SUMMARY,
        ),
        examples=(
            "trailhound sync --since -24h",
            "trailhound sync --profile audit --s3 s3://org-trail --since 2026-11-01 --no-history",
        ),
    ),
    Command(
        "tail",
        "print events as they come, each once, across restarts too",
        (
            CACHE,
            PROFILE,
            REGION,
            Option("--since", "begin then (default: where the last run stood, or -15m)", "T"),
            Option("--until", "only events before then; ends soon after it", "T"),
            ZONE,
            Option(
                "--source",
                "what to follow; may repeat (default: history)",
                values=("history", "s3", "logs", "sqs"),
                many=True,
            ),
            Option("--s3", "s3://bucket/prefix to follow, in place of trails", "URI", many=True),
            Option("--log-group", "name or ARN, in place of the trails' own", "G", many=True),
            Option(
                "--queue", "a queue that a trail or bucket notifies; may repeat", "URL", many=True
            ),
            Option("--own-queue", "delete from it what was stored; without, it is only looked at"),
            Option("--demo", "follow the simulated accounts; needs no AWS and no network"),
            Option("--rate", "events a second of the simulated accounts", "N", default="2"),
            Option("--count", "end after so many lines; 0 for never", "N", default="0"),
            Option(
                "--format",
                "delivered records, or a table",
                values=("jsonl", "table"),
                default="jsonl",
            ),
        ),
        "FILTER",
        (
            "trailhound tail 'error:any' | jq .eventName",
            "trailhound tail --source s3 --source history --since -1h",
            "trailhound tail --source logs caller:deploy --format table",
        ),
    ),
    Command(
        "verify",
        "is everything there that AWS delivered, and as it was? checks digests and log files",
        (
            CACHE,
            PROFILE,
            REGION,
            Option("--trail", "a trail's ARN; the account's own without", "ARN", many=True),
            Option("--s3", "s3://bucket/prefix, without asking for trails", "URI", many=True),
            Option("--since", "only what was delivered from then on", "T"),
            Option("--until", "only what was delivered before then", "T"),
            ZONE,
            Option("--full", "fetch again what is known to be unchanged"),
            Option("--report", "write the result with its evidence, to be checked again", "FILE"),
            Option("--recheck", "check such a report; PATHs may hold its log files", "FILE"),
            Option("--format", "form of the result", values=("table", "json"), default="table"),
        ),
        text="PATH",
        examples=(
            "trailhound verify --since -7d",
            "trailhound verify --trail arn:aws:cloudtrail:us-east-1:123456789012:trail/main",
            "trailhound verify --s3 s3://org-trail --region eu-west-1 --format json",
            "trailhound verify ./AWSLogs --report evidence.json",
            "trailhound verify --recheck evidence.json",
        ),
    ),
    Command(
        "coverage",
        "what the cache covers: account, region, day",
        (
            CACHE,
            SINCE,
            UNTIL,
            ZONE,
            Option("--format", "form of the list", values=("table", "json"), default="table"),
        ),
        examples=("trailhound coverage --since -7d",),
    ),
    Command(
        "doctor",
        "what works: each permission, the trails, the terminal, the cache",
        (
            CACHE,
            Option("--profile", "a profile of the AWS configuration; may repeat", "P", many=True),
            Option("--region", "a region; all enabled ones without", "R", many=True),
            Option("--policy", "print the least-privilege policy for what was found"),
            Option("--queue", "a queue that policy is to allow; may repeat", "URL", many=True),
            Option("--format", "form of the report", values=("text", "json"), default="text"),
        ),
        examples=("trailhound doctor", "trailhound doctor --profile audit --policy > policy.json"),
    ),
    Command(
        "events",
        "print events, newest first",
        (
            CACHE,
            SINCE,
            UNTIL,
            ZONE,
            Option("--limit", "at most so many; 0 for all", "N", default="100"),
            Option(
                "--format",
                "jsonl and json give delivered records unless --fields is given",
                values=("jsonl", "json", "csv", "table"),
                default="table",
            ),
            Option("--fields", "fields or CloudTrail paths to print, with commas", "A,B,C"),
        ),
        "FILTER",
        (
            "trailhound events 'caller:deploy* error:any' --since -3h",
            "trailhound events --limit 0 --format jsonl > all.jsonl",
        ),
    ),
    Command(
        "facets",
        "count events by the values of fields",
        (
            CACHE,
            SINCE,
            UNTIL,
            ZONE,
            Option("--by", "fields, with commas", "A,B,C", default="caller,action,resource"),
            Option("--top", "at most so many values a field; 0 for all", "N", default="20"),
            Option("--format", "form of the counts", values=("table", "json"), default="table"),
        ),
        "FILTER",
        ("trailhound facets 'error:any' --by caller,action --format json",),
    ),
    Command(
        "completion",
        "print a script that completes commands and options in a shell",
        text="SHELL",
        examples=(
            'eval "$(trailhound completion bash)"',
            'eval "$(trailhound completion zsh)"',
            "trailhound completion fish | source",
        ),
    ),
    Command(
        "settings",
        "print the settings file as it is before anybody changes it",
        (
            Option("--path", "print where the file belongs instead"),
            Option("--check", "say whether your file and your saved filters are right, and where"),
        ),
        examples=('trailhound settings > "$(trailhound settings --path)"',),
    ),
    Command(
        "sql",
        "ask the cache in SQL, reading only; start with the view `event`",
        (
            CACHE,
            Option(
                "--format", "form of the rows", values=("table", "json", "csv"), default="table"
            ),
        ),
        "STATEMENT",
        (
            "trailhound sql 'select caller, count(*) from event group by 1 order by 2 desc'",
            "trailhound sql 'select * from pragma_table_info(\"event\")'",
            "trailhound sql --format csv < question.sql",
        ),
    ),
)
BY_NAME = {command.name: command for command in COMMANDS}
