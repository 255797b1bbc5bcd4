"""How a call ended."""

from __future__ import annotations

import pytest

from tui.deriving.outcomes import MESSAGE_LIMIT, outcome_of
from tui.domain.event import Outcome, Result


def test_a_call_without_an_error_is_ok() -> None:
    assert outcome_of({"errorCode": None, "errorMessage": ""}) == Outcome(None, None, Result.OK)


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "Client.UnauthorizedOperation",
        "UnauthorizedAccess",
        "AuthorizationError",
        "NotAuthorized",
        "KMS.AccessDeniedException",
        "VpceAccessDenied",
    ],
)
def test_every_family_of_refusals_is_denied(code: str) -> None:
    assert outcome_of({"errorCode": code}) == Outcome(code, code, Result.DENIED)


def test_any_other_error_failed() -> None:
    outcome = outcome_of({"errorCode": "ThrottlingException", "errorMessage": "AccessDenied?"})
    assert outcome == Outcome("ThrottlingException", "ThrottlingException", Result.FAILED)


def test_a_message_stands_for_a_missing_code_and_is_cut() -> None:
    outcome = outcome_of({"errorMessage": "é" * 300})
    assert outcome.error is not None
    assert len(outcome.error.encode()) <= MESSAGE_LIMIT
    assert (outcome.code, outcome.result) == (None, Result.FAILED)


def test_a_message_may_say_that_it_is_a_refusal() -> None:
    assert outcome_of({"errorMessage": "You are not authorized"}).result == Result.DENIED


SIGN_IN = {"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin"}


def test_a_failed_sign_in_is_denied_and_shows_its_message() -> None:
    response = {"ConsoleLogin": "Failure"}
    record = SIGN_IN | {"errorMessage": "Failed authentication", "responseElements": response}
    assert outcome_of(record) == Outcome("Failed authentication", None, Result.DENIED)


def test_a_failed_sign_in_without_a_message_is_a_failure() -> None:
    record = SIGN_IN | {"responseElements": {"ConsoleLogin": "Failure"}}
    assert outcome_of(record) == Outcome("Failure", None, Result.DENIED)


def test_a_sign_in_step_says_in_its_details_that_it_failed() -> None:
    details = {"CredentialVerification": "Failure"}
    record = SIGN_IN | {"eventName": "CredentialVerification", "serviceEventDetails": details}
    assert outcome_of(record).result == Result.DENIED


def test_a_sign_in_that_worked_is_ok() -> None:
    assert outcome_of(SIGN_IN | {"responseElements": {"ConsoleLogin": "Success"}}) == Outcome()


def test_failure_means_nothing_elsewhere() -> None:
    assert outcome_of({"eventName": "Run", "responseElements": {"Run": "Failure"}}) == Outcome()


def test_an_insight_about_errors_is_no_error() -> None:
    record = {"eventCategory": "Insight", "insightDetails": {"errorCode": "AccessDenied"}}
    assert outcome_of(record) == Outcome()
