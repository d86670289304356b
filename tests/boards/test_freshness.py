"""How old each link is on the way from EQ to the page."""

import pytest

from eqboard.boards.pulse import pulse
from eqboard.feed.messages import Stored
from tests.boards.htmx import parse
from tests.builders import NOON, ago, snapshot
from tests.cast import static_files_are_not_collected


def beat(held, **changes):
    return parse(pulse(held, NOON, 2.5, "build", **changes)).find(id="pulse")


def test_the_pulse_tells_when_the_poller_spoke_last():
    assert beat(Stored("e", 1, ago(3), snapshot()))["data-heard"] == f"{ago(3).timestamp():.3f}"


def test_a_poller_that_was_never_heard_has_no_last_word():
    assert beat(None)["data-heard"] == ""


def test_the_pulse_tells_since_when_redis_is_lost():
    assert beat(None, feed_lost_since=ago(9))["data-lost"] == f"{ago(9).timestamp():.3f}"
    assert beat(None)["data-lost"] == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("config")
@static_files_are_not_collected
class TestPage:
    def test_the_desk_opens_it_from_the_bar(self, client, cast):
        client.force_login(cast.supervisor)
        page = parse(client.get("/").text)
        opener = page.find(id="link")
        assert (opener.name, opener["popovertarget"]) == ("button", "freshness")
        hops = page.select("#freshness > ol > li > b")
        assert [each.text for each in hops] == ["EQ", "Poller", "Redis", "This page"]

    def test_each_part_has_an_age_and_greys_on_its_own(self, client, cast):
        client.force_login(cast.supervisor)
        parts = parse(client.get("/").text).select("#freshness dl > div")
        assert len(parts) == 6
        assert all(each.select_one(".age")["data-age-of"] == each["data-part"] for each in parts)

    def test_a_wall_has_nothing_to_press(self, client, cast):
        client.force_login(cast.supervisor)
        page = parse(client.get("/tv/").text)
        assert page.select("button, #freshness, #panel") == []
