"""What the tests of a queue's configuration do: change it over HTTP while the world runs, and look at what happens."""

from .office import put

NAMES = {"500": "Sales", "501": "Support"}


async def configure(server, queue="500", **settings):
    """Replace the queue's settings; what is not given gets its default (EQ API text, Update Call Queue)."""
    response = await put(server, f"call_queue/{queue}", **{"name": NAMES[queue], "type": 0} | settings)
    assert (response.status_code, response.json()) == (200, None), response.text


async def later(server, clock, seconds):
    """Let time pass for the server."""
    clock.now += seconds
    await server.get("queued_calls")


async def queued(server, queue="500"):
    """The unique ids of those who wait, in order."""
    return [row["uniqueId"] for row in (await server.get("queued_calls", queue=queue)).json()]


async def row(server, agent=1, queue="500"):
    """An agent's row in a queue."""
    [found] = (await server.get("call_queue_agent_status", agent=agent, queue=queue)).json()
    return found


async def state(server, agent=1, queue="500"):
    """What the agent does there."""
    return (await row(server, agent, queue))["status"]


async def numbers(server, queue="500"):
    """The queue's statistics."""
    return (await server.get("call_queue_statistics", queue=queue)).json()


async def rung(server):
    """The agents whose telephone rings."""
    rows = (await server.get("call_queue_agent_status", combined=1)).json()
    return [row["agent"] for row in rows if row["status"] == "ringing"]


async def books(server, queue="500"):
    """The queue's books."""
    return (await server.control("GET", "/truth")).json()["queues"][queue]
