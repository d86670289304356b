"""What the tests of the office have in common: valid entities, and asking for what is done with them."""

VALID = {
    "supervisor": {
        "username": "newcomer",
        "firstName": "Nora",
        "password": "secret",
        "emailAddress": "nora@example.com",
        "type": "full",
    },
    "agent": {"number": "777", "firstName": "Nils", "password": "1234"},
    "call_queue": {"extension": "555", "name": "Night line", "type": 0},
    "pause_code": {"name": "Coffee"},
    "extension": {"extension": "299", "name": "Hall"},
    "alert": {
        "user": 1,
        "name": "Too many",
        "type": "callQueueCallsHigh",
        "callQueue": "500",
        "threshold": 5,
        "notificationType": "realtime",
        "color": "#FF0000",
        "daysOfWeek": [1, 3, 5],
        "fromTime": "08:00 AM",
        "toTime": "12:00 AM",
    },
}


async def put(server, path, **data):
    return await server.send("PUT", path, data=data)


async def delete(server, path):
    return await server.send("DELETE", path)


async def undelete(server, path):
    return await server.send("PUT", path, query={"undelete": 1})


async def sign_in(server, kind, user=1, extension="201", **more):
    where = {} if extension is None else {"extension": extension}
    return await server.send("POST", f"{kind}_session", user=user, **where, **more)


async def token_of(server, kind, user=1, extension="201", **more):
    response = await sign_in(server, kind, user, extension, **more)
    assert response.status_code == 200, response.text
    return response.json()


async def sign_out(server, kind, token):
    return await server.send("DELETE", f"{kind}_session/{token}")


async def ask(server, kind, token):
    """Any request in a user's name."""
    return await server.get("parked_calls", **{f"auth_{kind}_session": token})


async def signed_in(server, kind):
    return [(row["user"], row["extension"]) for row in (await server.get(f"active_{kind}_sessions")).json()]


async def queue_action(server, clock, action, **options):
    """An agent action, and the second in which it is carried out."""
    response = await server.send("POST", "call_queue_agent_action", action=action, options=options)
    clock.now += 1
    return response
