"""DO. One file per thing people do; one transaction each."""
