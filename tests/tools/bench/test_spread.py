from tools.bench.spread import Spread


def test_the_middle_is_no_mean() -> None:
    assert Spread.of([9, 1, 2]) == Spread(middle=2, least=1, most=9)


def test_a_ratio_is_of_what_was_measured_side_by_side() -> None:
    assert Spread.ratios([2, 30], [1, 10]) == Spread(middle=2.5, least=2, most=3)


def test_a_spread_is_printed_as_its_middle_between_its_ends() -> None:
    assert str(Spread(1.234, 1, 2)) == "1.23 (1.00..2.00)"
