"""What docs/desk.md says that a newcomer's ten tasks take: `make browser` counts it."""

from support.browsing.ten_tasks import ten_tasks
from support.template import ROOT

MOST = 8
"""Clicks and keys of one task: what takes more, the page is to make easier."""


def test_there_are_ten_tasks_in_order_each_of_some_effort() -> None:
    tasks = ten_tasks().values()
    assert [task.number for task in tasks] == list(range(1, 11))
    for task in tasks:
        assert task.where
        assert 1 <= task.effort.clicks + task.effort.keys <= MOST


def test_each_task_is_done_by_a_script_in_the_page() -> None:
    scripts = (ROOT / "tests" / "browser" / "test_ten_tasks.py").read_text(encoding="utf-8")
    for name in ten_tasks():
        assert scripts.count(f'newcomer.does("{name}")') == 1
    assert scripts.count("newcomer.does(") == len(ten_tasks())
