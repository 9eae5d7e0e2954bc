"""`jigsaw bench audit | faults | recovery | load | alerts`: what the log costs, what survives, how many can work at once, and
how soon an authority hears."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from jigsaw.hub.cli.answers import DONE, NEEDS_A_PERSON, as_json, to_person, to_person_aside
from jigsaw.hub.cli.django_setup import setup
from jigsaw.hub.cli.sharing_benchmarks import scenario

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]


def audit(
    entries: Annotated[int, typer.Option(min=1000, help="How many entries to verify.")] = 1_000_000,
    writers: Annotated[int, typer.Option(min=1, max=32, help="How many processes write at once.")] = 8,
    seconds: Annotated[int, typer.Option(min=2, help="For how long they write.")] = 20,
    proofs: Annotated[int, typer.Option(min=10, help="How many proofs to time.")] = 200,
    json_: Json = False,
) -> None:
    """Time writing beside plain rows, the wait for a place, verifying and proving, in a database of its own."""
    setup()
    answer = scenario("audit").run(
        entries=entries, writers=writers, seconds=seconds, proofs=proofs, progress=_say
    )
    words = (
        f"{answer['audited_a_second']} entries a second from {answer['writers']} writers, "
        f"[bold]{answer['ratio']} times plain rows[/bold]; a place within {answer['lag_p99']} s (99%); "
        f"{answer['entries']:,} entries verified at {answer['verify_seconds_a_million']} s a million "
        f"(offline {answer['offline_seconds_a_million']} s); "
        f"a proof in {answer['proof_median']} ms (95%: {answer['proof_p95']})"
    )
    _answer(answer, words, json_)


class Victim(StrEnum):
    """What `faults` can kill."""

    DATABASE = "database"
    SERVER = "server"
    WORKER = "worker"


def faults(
    kills: Annotated[int, typer.Option(min=1, help="How often database, server or a worker is killed.")] = 20,
    only: Annotated[
        Victim | None, typer.Option(help="Kill this one each time, instead of each in turn.")
    ] = None,
    jobs_kills: Annotated[
        int, typer.Option(min=1, help="How often whoever handles messages is killed.")
    ] = 50,
    writers: Annotated[int, typer.Option(min=1, help="How many write meanwhile.")] = 4,
    seed: Annotated[int, typer.Option(help="Another seed, other moments.")] = 1,
    json_: Json = False,
) -> None:
    """Kill, fill and cut off a hub of its own while entries are written; nothing acknowledged may be lost."""
    answer = scenario("faults").run(
        kills=kills,
        victims=[only] if only else list(Victim),
        jobs_kills=jobs_kills,
        writers=writers,
        seed=seed,
        progress=_say,
    )
    full = answer["disk_full"]
    words = (
        f"{answer['kills']} times kill -9: {answer['acknowledged']} entries acknowledged, [bold]{answer['lost']} lost, "
        f"{answer['doubled']} twice, {answer['not_logged']} not in the log[/bold]; ready again within "
        f"{', '.join(f'{what} {ms} ms' for what, ms in answer['ready_ms'].items())}. Slow connections: a page in "
        f"{answer['slow']['seconds']} s. Messages with one effect: {answer['messages']['once']}. A full disk: "
        f"{full if isinstance(full, str) else 'ready again in ' + str(full['ready_again_seconds']) + ' s'}."
    )
    _answer(answer, words, json_)


def recovery(
    times: Annotated[int, typer.Option(min=1, help="How many servers are lost.")] = 3,
    timeout: Annotated[int, typer.Option(min=1, help="`archive_timeout` of the server, in seconds.")] = 30,
    seed: Annotated[int, typer.Option(help="Another seed, other moments.")] = 1,
    json_: Json = False,
) -> None:
    """Kill a database server while rows are written, take its data away, and bring it back from base backup and archive."""
    answer = scenario("point_in_time").run(times=times, timeout=timeout, seed=seed, progress=_say)
    words = (
        f"{answer['times']} servers lost with their data, archive_timeout {answer['archive_timeout']} s: of "
        f"{answer['acknowledged']} acknowledged rows those of the last "
        f"[bold]{', '.join(str(seconds) for seconds in answer['lost_seconds'])} s[/bold] are gone, and none before; "
        f"back within {answer['back_seconds']} s."
    )
    _answer(answer, words, json_)


def load(
    practitioners: Annotated[int, typer.Option(min=1, help="How many work at once.")] = 200,
    seconds: Annotated[int, typer.Option(min=10, help="For how long.")] = 120,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes of the server.")] = 2,
    seed: Annotated[int, typer.Option(help="Another seed, other walks.")] = 1,
    json_: Json = False,
) -> None:
    """Let many practitioners work at office pace at the real server of a hub of its own, and time every page."""
    answer = scenario("load").run(
        practitioners=practitioners, seconds=seconds, workers=workers, seed=seed, progress=_say
    )
    words = (
        f"{answer['practitioners']} practitioners, {answer['pages']:,} pages in {answer['seconds']} s: median "
        f"{answer['median']} ms, [bold]95% within {answer['p95']} ms[/bold], {answer['errors']} errors"
    )
    _answer(answer, words, json_)


def alerts(
    persons: Annotated[int, typer.Option(min=2000, help="How many people to invent.")] = 1_000_000,
    plans: Annotated[int, typer.Option(min=100, help="How many children have a plan.")] = 100_000,
    seconds: Annotated[int, typer.Option(min=10, help="For how long hospitals send.")] = 120,
    rate: Annotated[float, typer.Option(min=1, help="How many messages they send a second.")] = 210,
    looks: Annotated[
        int, typer.Option(min=20, help="How many looks that find a plan, and that find none.")
    ] = 500,
    kill: Annotated[bool, typer.Option(help="Kill the listener and the server with -9 meanwhile.")] = True,
    json_: Json = False,
) -> None:
    """Let hospitals send to a hub of its own, kill its listener and its jobs, and count what was lost and who heard when."""
    answer = scenario("alerts").run(
        persons=persons, plans=plans, seconds=seconds, rate=rate, looks=looks, kill=kill, progress=_say
    )
    words = (
        f"{answer['persons']:,} people, {answer['plans']:,} plans (filled in {answer['filled_in_seconds']} s). "
        f"A look: 95% within {answer['look']['p95']} ms. {answer['messages']:,} messages, "
        f"[bold]{answer['messages_a_second']} a second[/bold], answered within {answer['answer']['p99']} ms (99%); "
        f"[bold]on the authority’s list within {answer['alert']['p99']} ms (99%)[/bold], told on “For you” within "
        f"{answer['sign']['p99']} ms. {answer['lost']} lost, {answer['twice']} twice, {answer['not_worked_on']} not "
        f"worked on, {answer['not_told']} not told, {answer['told_wrongly']} told wrongly."
    )
    _answer(answer, words, json_)


def _say(words: str) -> None:
    to_person_aside.print(words, highlight=False, markup=False)


def _answer(answer: dict[str, Any], words: str, json_: bool) -> None:
    if json_:
        as_json(answer)
    else:
        to_person.print(words, highlight=False)
    raise typer.Exit(DONE if answer["within_target"] else NEEDS_A_PERSON)
