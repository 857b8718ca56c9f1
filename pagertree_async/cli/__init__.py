"""The command line: the endpoint table as commands, beside export, sandbox and credentials."""
