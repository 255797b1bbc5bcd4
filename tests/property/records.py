"""Records as they are delivered: like AWS writes them, and like nobody should.

`ordinary` records share their few values with the filters of `strategies`, so that both meet.
"""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from tests.property.strategies import ADDRESSES, FREQUENT, TIMES, TOPS, WORDS, nodes

GUIDS = tuple(f"{n:08x}-0000-4000-8000-{n:012x}" for n in range(6))
IDS = (*GUIDS, GUIDS[1].upper(), "deploy", "Deploy", "3", "\x1b[31m")
LONG = "x" * 5_000
ACCOUNTS = ("111122223333", "444455556666")


def _iso(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).isoformat().replace("+00:00", "Z")


Drawn = st.SearchStrategy[object]
WORD: Drawn = st.sampled_from(FREQUENT) | st.sampled_from(WORDS)
MAYBE: Drawn = WORD | st.sampled_from((None, ""))
TIME: Drawn = st.sampled_from([_iso(time) for time in TIMES])
SERVICE: Drawn = st.sampled_from(
    ("s3.amazonaws.com", "iam.amazonaws.com", "signin.amazonaws.com", "deploy", "", None)
)
ACTION: Drawn = WORD | st.sampled_from(("ConsoleLogin", "PutBucketPolicy", "DeleteTrail"))


def _some(**members: Drawn) -> Drawn:
    return st.fixed_dictionaries({}, optional=members).map(lambda drawn: drawn)


IDENTITY = _some(
    type=WORD | st.sampled_from(("Root", "IAMUser", "AssumedRole", "AWSService")),
    userName=MAYBE,
    arn=MAYBE | st.just("arn:aws:sts::111122223333:assumed-role/deploy/a"),
    principalId=MAYBE,
    accountId=st.sampled_from(ACCOUNTS),
    accessKeyId=MAYBE,
    invokedBy=MAYBE,
    sessionContext=_some(
        attributes=_some(mfaAuthenticated=st.sampled_from(("true", "false"))),
        sessionIssuer=_some(userName=MAYBE, type=MAYBE),
        sourceIdentity=MAYBE,
    ),
)
LISTED = _some(ARN=MAYBE, type=MAYBE, accountId=MAYBE, arn=MAYBE, Type=MAYBE, ARNPrefix=MAYBE)
RESOURCES: Drawn = st.none() | st.lists(LISTED, max_size=3)
PARAMETERS: Drawn = nodes() | _some(bucketName=MAYBE, userName=MAYBE, roleName=MAYBE)
FIELDS: dict[str, Drawn] = {
    "eventVersion": st.just("1.11"),
    "eventSource": SERVICE,
    "eventName": ACTION | st.none(),
    "awsRegion": MAYBE,
    "sourceIPAddress": st.sampled_from(ADDRESSES),
    "userAgent": MAYBE,
    "errorCode": MAYBE | st.just("AccessDenied"),
    "errorMessage": MAYBE,
    "userIdentity": IDENTITY,
    "resources": RESOURCES,
    "requestParameters": PARAMETERS,
    "responseElements": PARAMETERS | st.just({"ConsoleLogin": "Failure"}),
    "readOnly": st.sampled_from((True, False, None)),
    "managementEvent": st.booleans(),
    "eventType": st.sampled_from(("AwsApiCall", "AwsConsoleSignIn", "AwsVpceEvent", None)),
    "eventCategory": st.sampled_from(("Management", "Data", "NetworkActivity", None)),
    "vpcEndpointId": MAYBE,
    "custom": nodes(),
}


def ordinary() -> st.SearchStrategy[dict[str, object]]:
    """Draw records in the types AWS documents, with an id and an account."""
    always = {
        "eventTime": TIME,
        "eventID": st.sampled_from(IDS),
        "recipientAccountId": st.sampled_from(ACCOUNTS),
    }
    return st.fixed_dictionaries(always, optional=FIELDS)


INSIGHT: dict[str, Drawn] = {
    "eventCategory": st.just("Insight"),
    "eventType": st.just("AwsCloudTrailInsight"),
    "insightDetails": st.none() | _some(eventSource=SERVICE, eventName=ACTION, state=WORD),
}
COUNTED = st.lists(_some(name=ACTION, value=st.integers(0, 9)), max_size=2)
AGGREGATED: dict[str, Drawn] = {
    "eventCategory": st.just("Aggregated"),
    "eventType": st.just("AwsAggregatedEvent"),
    "eventId": st.sampled_from(IDS),
    "accountId": st.sampled_from(ACCOUNTS),
    "timeWindow": _some(windowStart=TIME, windowSize=st.just("PT5M")),
    "summary": _some(
        primaryDimension=_some(
            dimension=st.sampled_from(("eventName", "resourceARN", "userIdentity")),
            statistics=COUNTED,
        )
    ),
}
ODD_TIMES = (
    *("0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
    *("2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-01-01T24:00:00Z"),
    *("2023-06-30T23:59:60Z", "2023-01-01 00:00:00Z", "20230101T000000Z", "2023-01-01"),
)
ANYTHING: Drawn = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=()), max_size=5)
    | WORD
    | TIME
    | st.sampled_from(ODD_TIMES),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(TOPS), inner, max_size=3)
    ),
    max_leaves=5,
)
SIGNS = (
    *("eventID", "eventTime", "recipientAccountId", "serviceEventDetails"),
    *("additionalEventData", "insightDetails", "s3", "digestStartTime", "Records"),
    *("CloudTrailEvent", "message", "detail", "Body"),
)
"""Members that records of other kinds, and wrappers, are told by."""
NAMES = sorted({*FIELDS, *SIGNS})


@st.composite
def any_record(draw: st.DrawFn) -> dict[str, object]:
    """Draw a record of any kind, some of whose members are of a wrong type or missing."""
    kind = draw(st.sampled_from(({}, INSIGHT, AGGREGATED)))
    record = draw(ordinary()) | draw(st.fixed_dictionaries(kind))
    for name in draw(st.lists(st.sampled_from(sorted(record)), max_size=3)):
        record.pop(name, None)
    values = ANYTHING | st.just(LONG)
    return record | draw(st.dictionaries(st.sampled_from(NAMES), values, max_size=2))
