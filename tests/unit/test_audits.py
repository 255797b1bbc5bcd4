from __future__ import annotations

from tui.domain.answer import Span
from tui.domain.integrity import Finding, Kind, Voucher
from tui.domain.progress import Step
from tui.domain.verifying import Tally, Verified
from tui.keymap import Keys
from tui.screens.verifying.audits import AuditBoard, Purpose, outcome

ALL = Purpose(Span(0, 9))
ONE = Purpose(Span(0, 9), 7)
DIGEST = "s3://b/d.json.gz"
LOG = "s3://b/l.json.gz"
KEYS = Keys({"events.integrity": "ctrl+t"})


def verified(*findings: Finding) -> Verified:
    return Verified(digests=Tally(valid=2), logs=Tally(valid=3), findings=list(findings))


def finding(kind: Kind = Kind.LOG_MODIFIED) -> Finding:
    return Finding(kind, LOG, "It was altered.", "1", "eu-west-1", 0, 9)


def test_a_run_says_what_is_valid_and_where_the_rest_is_seen() -> None:
    assert (
        outcome(verified(), ALL, KEYS) == "2 digests and 3 log files are valid; nothing is wrong."
    )
    found = outcome(verified(finding()), ALL, KEYS)
    assert "1 finding: n in the integrity panel (Ctrl+t) goes there." in found


def test_no_digest_at_all_is_never_a_quiet_success() -> None:
    found = Verified(problems=["AWS refused."])
    assert "nothing vouches for it" in outcome(found, ALL, KEYS)
    assert "AWS refused." in outcome(found, ALL, KEYS)
    assert "nothing vouches for it" in outcome(Verified(), ONE, KEYS, Voucher(LOG, "valid", DIGEST))


def test_what_could_not_be_verified_is_said_beside_what_was() -> None:
    found = verified()
    found.problems.append("AWS refused.")
    assert outcome(found, ALL, KEYS).endswith("Not everything could be verified: AWS refused.")


def test_of_one_event_the_whole_chain_is_told() -> None:
    said = outcome(verified(), ONE, KEYS, Voucher(LOG, "valid", DIGEST, "0123456789abcdef"))
    assert "d.json.gz, which the key 01234567 of AWS signed" in said


def test_an_event_whose_digest_is_not_there_yet_is_not_called_verified() -> None:
    assert "No digest names the event's log file yet" in outcome(verified(), ONE, KEYS)


def test_what_is_wrong_with_an_events_file_is_told_with_its_kind() -> None:
    said = outcome(verified(finding()), ONE, KEYS, Voucher(LOG, Kind.LOG_MODIFIED, DIGEST))
    assert said == "log-modified: It was altered."
    unlisted = Voucher(LOG, Kind.LOG_UNLISTED)
    assert "nothing vouches for the log file" in outcome(verified(), ONE, KEYS, unlisted)


def test_a_board_knows_one_run_and_how_the_last_one_ended() -> None:
    board, told = AuditBoard(), []
    run = board.begin(ALL, lambda: told.append(1))
    run.report(Step("Verifying", 1, 2, "files"))
    assert (board.run, told, run.step and run.step.done) == (run, [1], 1)
    assert not run.cancelled()
    run.stop()
    assert run.cancelled()
    board.end("Done.")
    assert (board.run, board.said, board.ended) == (None, "Done.", 1)
