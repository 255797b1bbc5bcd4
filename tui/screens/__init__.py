"""The screens: they own what is shown, start jobs in workers, and handle the messages that come."""
