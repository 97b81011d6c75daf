"""What experiments measured, printed after the run, also when tests ran in other processes.

A test's figures travel to the controlling process as properties of its report.
"""

import pytest

PROPERTY = "measured"


def install(config: pytest.Config) -> None:
    """Print figures at the end of this run, once however many conftests ask for it."""
    if not config.pluginmanager.has_plugin(__name__):
        config.pluginmanager.register(_Summary(), __name__)


class _Summary:
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        lines = [
            (report.nodeid.partition("::")[0], line)
            for reports in terminalreporter.stats.values()
            for report in reports
            if isinstance(report, pytest.TestReport) and report.when == "call"
            for name, line in report.user_properties
            if name == PROPERTY
        ]
        if not lines:
            return
        terminalreporter.section("measured")
        shown = None
        for file, line in sorted(lines, key=lambda entry: entry[0]):
            if file != shown:
                terminalreporter.line(file)
                shown = file
            terminalreporter.line(f"  {line}")
