"""What AWS itself delivers: the only home of boto3 and botocore."""
