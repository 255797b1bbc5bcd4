"""The profiles of the AWS configuration on this machine; nobody is asked, and no secret is read."""

from __future__ import annotations

from tui.errors import SourceError


def profiles() -> list[str]:
    """Return their names, in the files' order; raises SourceError for files that cannot be read.

    Botocore knows where the files are: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, ~/.aws.
    """
    from botocore.exceptions import BotoCoreError
    from botocore.session import get_session

    try:
        return list(get_session().available_profiles)
    except BotoCoreError as error:
        raise SourceError(f"The AWS configuration cannot be read: {error}") from error
