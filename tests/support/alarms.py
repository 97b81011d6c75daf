"""Alarms as CloudWatch evaluates them, over data points as AWS and our own log lines give them.

docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import json
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sportello.aws.logs import logger
from support.template import referred, resources

STACK = logger.service
"""As the functions of the tests are told."""

type Dimensions = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class DataPoint:
    namespace: str
    metric: str
    dimensions: Dimensions
    at: datetime
    value: float


def dimensions(**values: str) -> Dimensions:
    return frozenset(values.items())


def logged(line: str, at: datetime) -> Iterator[DataPoint]:
    """Yield what CloudWatch reads out of a line in embedded metric format."""
    document = json.loads(line)
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            values = frozenset((name, str(document[name])) for name in names)
            for metric in directive["Metrics"]:
                for value in document[metric["Name"]]:
                    yield DataPoint(directive["Namespace"], metric["Name"], values, at, value)


_STATISTICS: Mapping[str, Callable[[list[float]], float]] = {"Sum": sum, "Maximum": max}
_COMPARISONS: Mapping[str, Callable[[float, Any], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
}


@dataclass(frozen=True)
class Alarm:
    """One of the template's; the names of resources are their logical ids."""

    name: str
    properties: Mapping[str, Any]

    @property
    def dimensions(self) -> Dimensions:
        return frozenset(
            (dimension["Name"], _named(dimension["Value"]))
            for dimension in self.properties["Dimensions"]
        )

    def rings(self, points: Iterable[DataPoint], since: datetime, until: datetime) -> bool:
        """Tell whether it goes off at the end of any minute of a span."""
        own = [point for point in points if self._watches(point)]
        minutes = int((until - since) / timedelta(minutes=1))
        return any(self._is_off(own, since + timedelta(minutes=n)) for n in range(1, minutes + 1))

    def _watches(self, point: DataPoint) -> bool:
        name = (self.properties["Namespace"], self.properties["MetricName"])
        return (point.namespace, point.metric) == name and point.dimensions == self.dimensions

    def _is_off(self, points: list[DataPoint], now: datetime) -> bool:
        periods = self.properties["EvaluationPeriods"]
        breaching = sum(self._is_breaching(points, now, number) for number in range(periods))
        return breaching >= int(self.properties.get("DatapointsToAlarm", periods))

    def _is_breaching(self, points: list[DataPoint], now: datetime, periods_ago: int) -> bool:
        period = timedelta(seconds=self.properties["Period"])
        end = now - periods_ago * period
        values = [point.value for point in points if end - period <= point.at < end]
        if not values:
            return bool(self.properties["TreatMissingData"] == "breaching")
        value = _STATISTICS[self.properties["Statistic"]](values)
        compare = _COMPARISONS[self.properties["ComparisonOperator"]]
        return compare(value, self.properties["Threshold"])


def alarms() -> list[Alarm]:
    return [Alarm(*each) for each in resources("AWS::CloudWatch::Alarm").items()]


def _named(value: Any) -> str:
    if isinstance(value, dict) and "Fn::Sub" in value:
        return str(value["Fn::Sub"]).replace("${AWS::StackName}", STACK)
    return referred(value).replace("AWS::StackName", STACK)
