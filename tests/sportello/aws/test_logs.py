"""What a count looks like to CloudWatch."""

import json
import os
from io import StringIO
from typing import Any

import pytest
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from sportello.aws.logs import BY_CHANNEL, NAMESPACE, Metric, count, logger

STACK = os.environ["POWERTOOLS_SERVICE_NAME"]


def printed_metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_count_is_one_line_that_cloudwatch_reads(capsys: pytest.CaptureFixture[str]) -> None:
    count(Metric.RECEIVED, "fake", 3)
    (line,) = printed_metrics(capsys)
    (block,) = line["_aws"]["CloudWatchMetrics"]
    assert block["Namespace"] == "Sportello"
    assert [sorted(names) for names in block["Dimensions"]] == [["channel", "service"]]
    assert block["Metrics"] == [{"Name": "Received", "Unit": "Count"}]
    assert (line["channel"], line["service"], line["Received"]) == ("fake", STACK, [3.0])


def test_the_line_is_the_one_that_powertools_writes(capsys: pytest.CaptureFixture[str]) -> None:
    count(Metric.RECEIVED, "fake", 3)
    with single_metric(
        name=Metric.RECEIVED,
        unit=MetricUnit.Count,
        value=3,
        namespace=NAMESPACE,
        default_dimensions={"service": STACK, "channel": "fake"},
    ):
        pass
    ours, theirs = printed_metrics(capsys)
    assert 0 <= theirs["_aws"].pop("Timestamp") - ours["_aws"].pop("Timestamp") < 60_000
    assert ours == theirs


def test_nothing_is_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    count(Metric.RECEIVED, "fake", 0)
    assert printed_metrics(capsys) == []


def test_what_has_no_channel_is_counted_under_none(capsys: pytest.CaptureFixture[str]) -> None:
    count(Metric.SET_ASIDE, "")
    assert printed_metrics(capsys)[0]["channel"] == "none"


def test_what_nobody_looks_at_by_channel_is_one_paid_metric(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for metric in Metric:
        for channel in ("fake", "other"):
            count(metric, channel)
    paid = {
        (metric["Name"], *(line[dimension] for dimension in dimensions))
        for line in printed_metrics(capsys)
        for block in line["_aws"]["CloudWatchMetrics"]
        for dimensions in block["Dimensions"]
        for metric in block["Metrics"]
    }
    assert len(paid) == len(Metric) + len(BY_CHANNEL)


def test_a_log_line_names_its_stack(logged: StringIO) -> None:
    logger.info("something happened")
    assert json.loads(logged.getvalue())["service"] == STACK != "sportello"
