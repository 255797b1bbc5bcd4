"""An organization that does not exist, delivering log files as AWS would."""
