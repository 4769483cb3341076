"""What the client does with what services really answer; nothing waits, the clock is the test's."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connectors.errors import AuthRefused, ConfigRefused, QuotaSpent, SourceError, Transient, WindowTooLarge
from connectors.http import BearerToken, Budget, Http, Manners, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOKEN = "pat-na1-SECRET-0000"


@dataclass
class Service:
    """Answers from a list, the last one for ever; notes what came, and lets time pass while somebody sleeps."""

    answers: list[Callable[[httpx.Request], httpx.Response]] = field(default_factory=list)
    now: datetime = NOW
    slept: list[float] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    seconds_each: float = 0.0

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.now += timedelta(seconds=self.seconds_each)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def http(self, manners: Manners | None = None, deadline: timedelta | None = None, auth: Any = None) -> Http:
        wire = Wire(
            transport=httpx.MockTransport(self.handle),
            clock=lambda: self.now,
            sleep=self.sleep,
            jitter=lambda: 0.5,
            deadline=deadline,
        )
        return Http("https://api.example.com", wire, auth or BearerToken(TOKEN), manners)


def says(status: int, body: Any = None, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, bytes | str):
        return lambda _request: httpx.Response(status, content=body, headers=named)
    return lambda _request: httpx.Response(status, json=body if body is not None else {}, headers=named)


def service(*answers: Callable[[httpx.Request], httpx.Response]) -> Service:
    return Service(list(answers))


def test_numbers_keep_every_digit() -> None:
    """A float would make 1234567890123456.8 of it."""
    found = service(says(200, b'{"amount": 1234567890123456.78, "count": 3}')).http().get("/x").json
    assert found == {"amount": Decimal("1234567890123456.78"), "count": 3}


@pytest.mark.parametrize("status", [406, 420, 429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(status: int) -> None:
    there = service(says(status, "busy"), says(status, "busy"), says(200, {"ok": True}))
    assert there.http().get("/x").json == {"ok": True}
    assert there.slept == [0.5, 1.0]


def test_after_five_tries_it_gives_up() -> None:
    there = service(says(503))
    with pytest.raises(Transient):
        there.http().get("/x")
    assert len(there.requests) == 5
    assert there.slept == [0.5, 1.0, 2.0, 4.0]


def test_a_timeout_is_tried_again() -> None:
    def late(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too late", request=request)

    there = service(late, says(200, {"ok": 1}))
    assert there.http().get("/x").json == {"ok": 1}


@pytest.mark.parametrize("after", ["17", format_datetime(NOW + timedelta(seconds=17), usegmt=True)])
def test_bug_22_what_the_service_asks_to_wait_wins(after: str) -> None:
    date = format_datetime(NOW, usegmt=True)
    there = service(says(429, Retry_After=after, Date=date), says(200))
    there.http().get("/x")
    assert there.slept == [17.0]


def test_a_wait_of_hours_ends_the_run() -> None:
    there = service(says(429, Retry_After="7200"))
    with pytest.raises(QuotaSpent) as error:
        there.http().get("/x")
    assert error.value.resets_at == NOW + timedelta(hours=2)
    assert there.slept == []


def limits(headers: Mapping[str, str]) -> Budget:
    used, _, most = headers.get("x-day", "").partition("/")
    return Budget(
        remaining=int(headers["x-left"]) if "x-left" in headers else None,
        interval_seconds=10.0,
        maximum=110,
        daily_used=int(used) if used else None,
        daily_max=int(most) if most else None,
    )


def test_bug_22_a_window_is_used_up_and_then_waited_for() -> None:
    """A service that allows 110 requests in 10 seconds; 1,000 of them take as long as that and no longer."""
    window = {"at": NOW, "used": 0}
    refused = 0

    def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal refused
        if there.now - window["at"] >= timedelta(seconds=10):  # type: ignore[operator]
            window.update(at=there.now, used=0)
        if window["used"] >= 110:  # type: ignore[operator]
            refused += 1
            return httpx.Response(429)
        window["used"] += 1  # type: ignore[operator]
        return httpx.Response(200, json={}, headers={"x-left": str(110 - window["used"])})  # type: ignore[operator]

    there = service(answer)
    there.seconds_each = 0.01
    http = there.http(Manners(budget=limits))
    for _ in range(1_000):
        http.get("/x")
    assert refused == 0
    least = 9 * 10 + 10 * 0.01
    assert least <= (there.now - NOW).total_seconds() <= least * 1.05


def test_a_pace_that_no_header_tells_is_kept() -> None:
    there = service(says(200))
    http = there.http(Manners(paces={"search": 5.0}))
    for _ in range(11):
        http.post("/search", {}, pace="search")
    assert (there.now - NOW).total_seconds() == pytest.approx(2.0)
    http.get("/other")
    assert (there.now - NOW).total_seconds() == pytest.approx(2.0)


def test_bug_22_a_fifth_of_the_day_is_left_to_others() -> None:
    there = service(says(200, x_day="79/100"), says(200, x_day="80/100"), says(200))
    http = there.http(Manners(budget=limits))
    http.get("/x")
    http.get("/x")
    with pytest.raises(QuotaSpent):
        http.get("/x")
    assert len(there.requests) == 2


@pytest.mark.parametrize("status", [401, 530])
def test_a_refused_token_is_not_tried_again(status: int) -> None:
    there = service(says(status))
    with pytest.raises(AuthRefused):
        there.http().get("/x")
    assert len(there.requests) == 1


@dataclass
class Renewing:
    """A grant that gives another token."""

    token: str = "old"

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def renew(self) -> bool:
        self.token = "new"
        return True


def test_a_token_that_ran_out_is_renewed_once() -> None:
    there = service(says(401), says(200, {"ok": 1}))
    assert there.http(auth=Renewing()).get("/x").json == {"ok": 1}
    assert [request.headers["authorization"] for request in there.requests] == ["Bearer old", "Bearer new"]
    there = service(says(401))
    with pytest.raises(AuthRefused):
        there.http(auth=Renewing()).get("/x")
    assert len(there.requests) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    there = service(says(status, Location="https://evil.example.net/"))
    with pytest.raises(ConfigRefused, match="redirects"):
        there.http().get("/x")
    assert [request.url.host for request in there.requests] == ["api.example.com"]


@pytest.mark.parametrize(
    "path",
    ["https://evil.example.net/x", "//evil.example.net/x", "x", "/\\evil.example.net", "@evil.example.net/", "/a\nb"],
)
def test_the_token_goes_to_its_own_host_only(path: str) -> None:
    there = service(says(200))
    with pytest.raises(ConfigRefused):
        there.http().get(path)
    assert there.requests == []


@pytest.mark.parametrize(
    "address", ["http://api.example.com", "http://127.0.0.1:9", "https://user:word@api.example.com"]
)
def test_only_https_and_a_fake_that_is_named_are_spoken_to(address: str) -> None:
    with pytest.raises(ConfigRefused):
        Http(address, Wire())


def test_a_fake_on_this_machine_can_be_named() -> None:
    Http("http://127.0.0.1:9", Wire(base_url="http://127.0.0.1:9"))


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Sign in</html>",
        b"\xff\xfe{}",
        b'{"a": NaN}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a": 1' + b"0" * 5_000 + b"}",
        b'{"cut": ',
    ],
    ids=["html", "not utf-8", "nan", "deep", "endless number", "cut"],
)
def test_a_body_that_is_no_json_is_no_answer(body: bytes) -> None:
    there = service(says(200, body))
    with pytest.raises(Transient, match="no JSON"):
        there.http().get("/x")


def test_a_body_of_more_than_ten_megabytes_is_refused() -> None:
    there = service(says(200, b'"' + b"x" * 10_000_001 + b'"'))
    with pytest.raises(ConfigRefused, match="larger than 10 MB"):
        there.http().get("/x")


def test_a_run_has_an_end() -> None:
    there = service(says(503))
    http = there.http(deadline=timedelta(seconds=3))
    with pytest.raises(Transient):
        http.get("/x")
    there.now += timedelta(seconds=3)
    with pytest.raises(Transient, match="too long"):
        http.get("/x")


def test_a_page_that_never_ends_is_left() -> None:
    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Any:
            while True:
                there.now += timedelta(seconds=1)
                yield b" "

    there = service(lambda _request: httpx.Response(200, stream=Endless()))
    with pytest.raises(Transient, match="too long"):
        there.http(deadline=timedelta(seconds=30)).get("/x")


def test_bug_3_times_are_the_services_own() -> None:
    there = service(says(200, Date=format_datetime(NOW - timedelta(minutes=10), usegmt=True)))
    http = there.http()
    assert http.get("/x").date == NOW - timedelta(minutes=10)
    assert http.server_now() == NOW - timedelta(minutes=10)


def test_a_service_can_say_what_its_answers_mean() -> None:
    def judge(status: int, _headers: Mapping[str, str], body: Any) -> SourceError | None:
        if status == 400 and body and body["code"] == "TOO_MANY":
            return WindowTooLarge("more than 10,000 hits")
        return Transient("odd") if status == 418 else None

    there = service(says(400, {"code": "TOO_MANY"}))
    with pytest.raises(WindowTooLarge):
        there.http(Manners(judge)).get("/x")
    there = service(says(418, Retry_After="9"), says(200))
    there.http(Manners(judge)).get("/x")
    assert there.slept == [9.0]
    with pytest.raises(ConfigRefused):
        service(says(404)).http(Manners(judge)).get("/x")


def behind(error: BaseException) -> list[BaseException]:
    """What a traceback shows beside the error."""
    found = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return [] if found is None else [found, *behind(found)]


def test_bug_26_no_secret_and_no_name_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Neither logs nor errors hold the token, the query or a body; httpx would log whole addresses."""
    caplog.set_level(logging.DEBUG)
    loggers = [logging.getLogger(name) for name in ("httpx", "httpcore")]
    for logger in loggers:
        logger.setLevel(logging.NOTSET)

    def reset(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {request.url} with {request.headers}", request=request)

    told = []
    for answer in (reset, says(400, {"message": "Ada Lovelace"}), says(401), says(429), says(200, "<html>")):
        with pytest.raises(SourceError) as error:
            service(answer).http().get("/query", {"q": "SELECT Name FROM Contact WHERE Name = 'Ada Lovelace'"})
        told += [str(error.value), repr(error.value), *map(str, behind(error.value))]
    with pytest.raises(SourceError) as error:
        service(says(400)).http().get("/query?q=Lovelace")
    told.append(str(error.value))
    service(says(200)).http().get("/query", {"q": "Ada Lovelace"})
    shown = " ".join(told) + caplog.text + repr(BearerToken(TOKEN))
    assert TOKEN not in shown
    assert "Ada" not in shown
    assert "Lovelace" not in shown
    assert not any(logger.isEnabledFor(logging.INFO) for logger in loggers)
