"""Static files, by WhiteNoise."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware
from whitenoise.middleware import WhiteNoiseMiddleware


@sync_and_async_middleware
def static_files(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """WhiteNoise's own middleware is synchronous: each request for anything else than a file would keep a thread that
    waits for the event loop until it is answered, and with it everything that stands before.
    """
    files: Any = WhiteNoiseMiddleware(get_response)
    if not iscoroutinefunction(get_response):
        return lambda request: files(request)
    find = files.find_file if files.autorefresh else files.files.get
    serve = sync_to_async(files.serve)  # it opens the file

    async def answer(request: HttpRequest) -> Any:
        file = find(request.path_info)
        return await (get_response(request) if file is None else serve(file, request))

    return answer
