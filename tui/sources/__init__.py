"""Where records come from and the shapes they come in; the only home of boto3."""
