"""The floor as this process follows it: pages, sockets and watched actions all look at the same one."""

from eqboard.config import get_config
from eqboard.feed.follower import Follower
from eqboard.loops import PerLoop

followers = PerLoop(lambda: Follower(get_config().redis_url))
