"""The newest screen of each audience in this process: a page and its socket's first board are rendered once."""

from collections import OrderedDict

from eqboard.boards.audience import Audience
from eqboard.boards.fragments import Screen, paint
from eqboard.boards.grading import Levels
from eqboard.boards.health import Health
from eqboard.feed.follow import Floor

SCREENS = 32  # a screen of a large site holds about a megabyte


class Gallery:
    def __init__(self) -> None:
        self._screens: OrderedDict[Audience, Screen] = OrderedDict()

    def paint(self, floor: Floor, health: Health, audience: Audience, shown: Screen | None = None) -> Screen:
        """The screen for one audience; fragments as in its newest screen, or else in `shown`, are taken over."""
        screen = paint(floor, health, audience, self._screens.get(audience, shown))
        self._screens[audience] = screen
        self._screens.move_to_end(audience)
        if len(self._screens) > SCREENS:
            self._screens.popitem(last=False)
        return screen

    def levels_of(self, audience: Audience) -> Levels:
        """Where the levels stand on the newest screen of an audience; none when it has none."""
        screen = self._screens.get(audience)
        return screen.levels if screen else {}


gallery = Gallery()
