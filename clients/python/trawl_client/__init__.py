"""A client of Trawl's socket: search, read and watch mail from Python.

    from trawl_client import Trawl

    with Trawl() as trawl:
        for hit in trawl.search("from:ana lighthouse", limit=5).hits:
            print(hit["receivedAt"], hit["subject"])

Needs `trawl serve` to run, and nothing but Python 3.9's standard library. A `Trawl` may be used from several threads:
each request waits for its own answer.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import queue
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Literal, Optional, TypedDict

__all__ = ["Address", "Changes", "Email", "Match", "RPCError", "SearchResult", "Trawl", "TrawlError", "socket_path"]


class TrawlError(Exception):
    """Something is wrong between here and `trawl serve`."""


class RPCError(TrawlError):
    """`trawl serve` answered with an error."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class Address(TypedDict):
    """A name, perhaps None, and an address."""

    name: Optional[str]
    email: str


Email = Dict[str, Any]
"""A message with JMAP's names (RFC 8621): id, threadId, subject, from, to, receivedAt, preview, mailboxes, …"""

Sort = Literal["newest", "oldest", "relevance"]


@dataclass(frozen=True)
class SearchResult:
    """What a search found: how many in all, whether the index is known to be complete, and the hits asked for."""

    total: int
    complete: bool
    hits: List[Email]


@dataclass(frozen=True)
class Changes:
    """What changed between two states; ask again from `new_state` while `has_more` is true."""

    old_state: str
    new_state: str
    has_more: bool
    created: List[str]
    updated: List[str]
    destroyed: List[str]


@dataclass(frozen=True)
class Match:
    """A message that came to match a watched query (`matches`), or ceased to. `state` resumes the watch after it."""

    matches: bool
    state: str
    email: Email


def socket_path() -> Path:
    """Where `trawl serve` listens: $TRAWL_SOCKET, else in $XDG_RUNTIME_DIR, else in the data folder."""
    if os.environ.get("TRAWL_SOCKET"):
        return Path(os.environ["TRAWL_SOCKET"])
    if os.environ.get("XDG_RUNTIME_DIR"):
        return Path(os.environ["XDG_RUNTIME_DIR"]) / "trawl" / "trawl.sock"
    if os.environ.get("TRAWL_DATA"):
        return Path(os.environ["TRAWL_DATA"]) / "trawl.sock"
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "trawl" / "trawl.sock"


class Trawl:
    """A connection to `trawl serve`."""

    def __init__(self, path: Optional[os.PathLike | str] = None, timeout: Optional[float] = 30.0) -> None:
        """Connects. `timeout` (seconds, None: for ever) bounds each request."""
        self._timeout = timeout
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._answers: Dict[int, "queue.SimpleQueue[Any]"] = {}
        self._watches: Dict[int, "queue.SimpleQueue[Any]"] = {}
        self._early: Dict[int, List[Any]] = {}
        self._closed = False
        self._closing = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        target = str(path or socket_path())
        try:
            self._socket.connect(target)
        except OSError as error:
            self._socket.close()
            raise TrawlError(f"no answer at {target}: is `trawl serve` running? ({error.strerror})") from error
        self._reader = threading.Thread(target=self._read, name="trawl-reader", daemon=True)
        self._reader.start()

    def __enter__(self) -> "Trawl":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; requests that wait fail with TrawlError, and watches end."""
        self._closing = True
        self._closed = True
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    # -- requests ---------------------------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        *,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "newest",
        threads: bool = False,
        snippets: bool = True,
    ) -> SearchResult:
        """Messages that match `query`, as `trawl search` finds them."""
        found = self.call(
            "search", query=query, limit=limit, offset=offset, sort=sort, threads=threads, snippets=snippets
        )
        return SearchResult(found["total"], found["complete"], found["hits"])

    def count(self, query: str) -> int:
        """How many messages match."""
        return int(self.call("count", query=query)["total"])

    def get(self, *ids: str, properties: Optional[List[str]] = None) -> List[Email]:
        """The messages with these ids; those that are gone are left out."""
        params: Dict[str, Any] = {"ids": list(ids)}
        if properties is not None:
            params["properties"] = properties
        return list(self.call("get", **params)["list"])

    def text(self, id: str) -> str:
        """The message's text, as the index holds it."""
        return str(self.call("text", id=id)["text"])

    def raw(self, id: str) -> bytes:
        """The whole message (RFC 5322), fetched from the server."""
        return base64.b64decode(self.call("raw", id=id)["base64"])

    def thread(self, id: str) -> List[Email]:
        """All messages of the thread that the message or thread `id` belongs to, oldest first."""
        return list(self.call("thread", id=id)["list"])

    def addresses(self, prefix: str, limit: int = 10) -> List[Dict[str, Any]]:
        """Addresses whose name or address begins with `prefix`: the best first, each with `name`, `email`, `count`."""
        return list(self.call("addresses", prefix=prefix, limit=limit)["list"])

    def mailboxes(self) -> Any:
        """Per account and mailbox: counts and state."""
        return self.call("mailboxes")

    def status(self) -> Any:
        """Per account and mailbox: state, lag, last error and coverage."""
        return self.call("status")

    def sync(self, *accounts: str) -> Any:
        """Synchronises these accounts, or all; returns when it has finished."""
        return self.call("sync", timeout=None, **({"accounts": list(accounts)} if accounts else {}))

    def explain(self, query: str) -> Any:
        """How `query` is read."""
        return self.call("explain", query=query)

    def changes(self, since: str, limit: Optional[int] = None) -> Changes:
        """What was created, updated and destroyed since a state."""
        params: Dict[str, Any] = {"since": since}
        if limit is not None:
            params["limit"] = limit
        c = self.call("changes", **params)
        return Changes(
            c["oldState"], c["newState"], c["hasMoreChanges"], c["created"], c["updated"], c["destroyed"]
        )

    def watch(self, query: str, since: Optional[str] = None) -> Iterator[Match]:
        """Yields each message that comes to match `query`, or ceases to, until the connection ends or `close` is called on
        the iterator. With `since` (a `Match.state`) nothing that happened in between is missed."""
        params: Dict[str, Any] = {"query": query}
        if since is not None:
            params["since"] = since
        number = int(self.call("watch", **params)["watch"])
        events: "queue.SimpleQueue[Any]" = queue.SimpleQueue()
        with self._lock:
            self._watches[number] = events
            for event in self._early.pop(number, []):
                events.put(event)
        try:
            while True:
                event = events.get()
                if isinstance(event, TrawlError):
                    if self._closing:
                        return
                    raise event
                yield Match(event["method"] == "match", event["params"]["state"], event["params"]["email"])
        finally:
            with self._lock:
                self._watches.pop(number, None)
            if not self._closed:
                try:
                    self.call("unwatch", watch=number)
                except TrawlError:
                    pass

    def call(self, method: str, *, timeout: Any = ..., **params: Any) -> Any:
        """Any method of the socket by name; returns its result or raises RPCError."""
        number = next(self._ids)
        answer: "queue.SimpleQueue[Any]" = queue.SimpleQueue()
        request: Dict[str, Any] = {"jsonrpc": "2.0", "id": number, "method": method}
        if params:
            request["params"] = params
        line = json.dumps(request, ensure_ascii=False).encode() + b"\n"
        with self._lock:
            if self._closed:
                raise TrawlError("the connection is closed")
            self._answers[number] = answer
            try:
                self._socket.sendall(line)
            except OSError as error:
                self._answers.pop(number, None)
                raise TrawlError(f"the connection to trawl serve broke: {error.strerror}") from error
        try:
            reply = answer.get(timeout=self._timeout if timeout is ... else timeout)
        except queue.Empty:
            with self._lock:
                self._answers.pop(number, None)
            raise TrawlError(f"no answer to {method} in time") from None
        if isinstance(reply, TrawlError):
            raise reply
        if "error" in reply:
            e = reply["error"]
            raise RPCError(e["code"], e["message"], e.get("data"))
        return reply["result"]

    # -- the reader's thread ----------------------------------------------------------------------------------------

    def _read(self) -> None:
        try:
            with self._socket.makefile("rb") as lines:
                for line in lines:
                    self._take(json.loads(line))
        except (OSError, ValueError):
            pass
        ended = TrawlError("trawl serve closed the connection")
        with self._lock:
            self._closed = True
            waiting = list(self._answers.values()) + list(self._watches.values())
            self._answers.clear()
        for q in waiting:
            q.put(ended)

    def _take(self, message: Dict[str, Any]) -> None:
        with self._lock:
            if "method" in message:
                number = message["params"]["watch"]
                if number in self._watches:
                    self._watches[number].put(message)
                else:
                    # The first match may overtake the answer that tells the watch's number.
                    self._early.setdefault(number, []).append(message)
                return
            answer = self._answers.pop(message.get("id"), None)
        if answer is not None:
            answer.put(message)
