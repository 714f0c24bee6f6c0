"""The transcript: exchanges in order of sending, in memory or in a file."""

from __future__ import annotations

import threading

import pytest

from idpsim.transcript import Transcript
from idpsim.wire import NoResponse, Quirk, Request, Response

QUIRKS = (Quirk("odd", "https://vendor.example"),)
OK = Response(200, (("X", "1"),), b"\xff{}", "OK")


@pytest.fixture(params=[20_000, 0, 3])
def transcript(request):
    with Transcript(keep=request.param) as made:
        yield made


def request(number):
    return Request("POST", f"http://sp/{number}", (("Host", "sp"),), b"%d" % number)


def fill(transcript, count):
    for number in range(len(transcript), len(transcript) + count):
        transcript.close(transcript.open("vendor", request(number)), OK, 0.1)


def urls(exchanges):
    return [int(exchange.request.url.removeprefix("http://sp/")) for exchange in exchanges]


def test_an_exchange_comes_back_as_it_went_in(transcript):
    for number in range(5):
        ticket = transcript.open("idpsim", request(number), 2400.0, QUIRKS, True)
        closed = transcript.close(ticket, NoResponse("lost", "why") if number % 2 else OK, 0.25, "sent twice")

        assert transcript[number] == closed
        assert (closed.number, closed.by, closed.at, closed.quirks, closed.probe) == (
            number,
            "idpsim",
            2400.0,
            QUIRKS,
            True,
        )
        assert (closed.seconds, closed.fault, closed.started) == (0.25, "sent twice", ticket.started)


def test_exchanges_become_visible_in_order_of_sending(transcript):
    seen = []
    transcript.follow(seen.append)
    tickets = [transcript.open("vendor", request(number)) for number in range(6)]
    lengths = []

    for number in (1, 0, 5, 3, 2, 4):
        transcript.close(tickets[number], OK, 0.1)
        lengths.append(len(transcript))

    assert lengths == [0, 2, 2, 2, 4, 6]
    assert urls(transcript) == urls(seen) == [0, 1, 2, 3, 4, 5]


def test_ranges_are_lazy_and_stay_within_what_is_visible(transcript):
    fill(transcript, 600)

    assert urls(transcript.range(2, 5)) == [2, 3, 4]
    assert urls(transcript.range(590, 9999)) == list(range(590, 600))
    assert urls(transcript.range(700)) == []
    assert urls(transcript) == list(range(600))
    assert transcript[-1].number == 599


def test_a_transcript_grows_while_it_is_read(transcript):
    fill(transcript, 300)
    reading = transcript.range()

    first = [next(reading).number for _ in range(10)]
    fill(transcript, 10)
    rest = [exchange.number for exchange in reading]

    assert first + rest == list(range(300))
    assert urls(transcript.range(295)) == list(range(295, 310))


@pytest.mark.parametrize("number", [3, -4])
def test_there_is_nothing_outside(transcript, number):
    fill(transcript, 3)

    with pytest.raises(IndexError, match="of 3"):
        transcript[number]


def test_a_ticket_is_closed_once(transcript):
    ticket = transcript.open("vendor", request(0))
    transcript.close(ticket, OK, 0.1)

    with pytest.raises(ValueError, match="closed already"):
        transcript.close(ticket, OK, 0.1)


def test_flushing_completes_what_never_came_back(transcript):
    transcript.open("vendor", request(0))
    transcript.close(transcript.open("vendor", request(1)), OK, 0.1)

    transcript.flush()

    assert [exchange.answer for exchange in transcript] == [
        NoResponse("lost", "the run ended before an answer came"),
        OK,
    ]


def test_a_sink_hears_from_when_it_follows_until_it_does_not(transcript):
    seen = []
    fill(transcript, 2)
    transcript.follow(seen.append)
    fill(transcript, 2)
    transcript.unfollow(seen.append)
    fill(transcript, 2)

    assert urls(seen) == [2, 3]


def test_a_sink_may_read_the_transcript(transcript):
    counts = []
    transcript.follow(lambda exchange: counts.append((len(transcript), transcript[exchange.number] == exchange)))

    fill(transcript, 5)

    assert counts == [(number, True) for number in range(1, 6)]


def test_many_threads_leave_one_order(transcript):
    seen = []
    transcript.follow(lambda exchange: seen.append(exchange.number))

    def work():
        for number in range(200):
            transcript.close(transcript.open("vendor", request(number)), OK, 0.1)
            if number % 50 == 0:
                assert all(exchange.answer == OK for exchange in transcript.range(max(0, len(transcript) - 20)))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [exchange.number for exchange in transcript] == list(range(1200))


def test_what_is_in_memory_stays_after_the_file_is_gone():
    transcript = Transcript(keep=2)
    fill(transcript, 5)

    transcript.discard()

    assert urls(transcript) == [0, 1]
