"""How fast the first way through the program is, beside its own limit and beside its peers.

    python -m tests.benchmarks               everything, and one summary table in Markdown
    python -m tests.benchmarks.data          make the log files once, and describe them
    python -m tests.benchmarks.ingest        log files into the cache
    python -m tests.benchmarks.queries       facets, histogram, rows, from a full cache
    python -m tests.benchmarks.verify        a trail, beside the AWS CLI
    python -m tests.benchmarks.start         to the first row in a terminal, and to a first line

Each takes `--events N` (1,000,000 by default) and `--once` (no repetitions). They need Linux, two
processors and the `dev` extra; DuckDB, jq and sqlite-utils each give a row that says so where they
are missing. The log files stay in the system's folder for temporary files, everything else made on
the way is deleted. A figure is the median of its runs; on a shared machine believe the ratios.

None of this is a test. A test only sees to it that everything still runs, on few events.
"""
