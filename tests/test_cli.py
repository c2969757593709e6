"""The command line: a day's ids, names, faults, the server, and bad input to each."""

import csv
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from typer.testing import CliRunner, Result

import geo_astana
from geo_astana import api, cli, dataset, errors, gazetteer, report

# Talks, regimes and zones of each day, written by hand from the dossier's rows with
# start <= date <= end; an open end is the last day on which a source attests the event.
FOUR_ZONES = "south east-ghouta north-homs idlib"
DOSSIER = {
    "2016-03-01": ("", "cf-2016-02 lt-2015-09-fourtowns", ""),
    "2016-09-14": ("", "cf-2016-09 lt-2015-09-fourtowns", ""),
    "2016-12-16": ("", "lt-2015-09-fourtowns", ""),
    "2017-01-24": (
        "ast-01",
        "cf-2016-12 lt-2017-01-barada lt-2015-09-fourtowns",
        "",
    ),
    "2017-02-06": ("ast-tech-2017-02-06", "cf-2016-12 lt-2015-09-fourtowns", ""),
    "2017-02-15": ("ast-02", "cf-2016-12 lt-2015-09-fourtowns", ""),
    "2017-02-24": ("gva-iv", "cf-2016-12 lt-2015-09-fourtowns", ""),
    "2017-05-06": ("", "zone-mem-eff cf-2016-12 lt-2017-03-waer", FOUR_ZONES),
    "2017-09-15": ("ast-06", "zone-mem-eff cf-2016-12", FOUR_ZONES),
    "2017-12-21": (
        "ast-08",
        "zone-mem-eff cf-2016-12 lt-2017-10-sdamascus",
        FOUR_ZONES,
    ),
    "2018-01-30": (
        "sochi-cong",
        "zone-mem-eff cf-2016-12 lt-2017-10-sdamascus",
        FOUR_ZONES,
    ),
    "2018-07-30": ("ast-10", "zone-mem-eff", "south idlib"),
    "2019-04-25": ("ast-12", "zone-mem-eff", "idlib idlib-dmz"),
    "2020-03-06": ("", "zone-mem-eff cf-2020-03", "idlib"),
    "2024-11-12": ("ast-22", "zone-mem-eff cf-2020-03", "idlib m4-corridor"),
    "2024-12-09": ("", "", ""),
}
TALK_KEYS = "id title track round place lon lat day days status sources".split()
REGIME_KEYS = "id title since until status sources".split()
ZONE_KEYS = "id version title since until area_km2 status sources".split()
PLAN_KEYS = "event_id start end location source".split()
KEYS = "date sentence talks regimes zones plans".split()
# Long enough for a slow machine, short enough not to hang a run.
PATIENCE_S = 60


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


def days_as_json(*days: str) -> list[dict[str, Any]]:
    result = run("on", *days, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def assert_refused(result: Result, *words: str) -> None:
    """Exit code 1 and one sentence on stderr that holds the words."""
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith(".\n")
    for word in words:
        assert word in result.stderr


@pytest.fixture(scope="module")
def shown() -> dict[str, dict[str, Any]]:
    """What `on` prints for every day of DOSSIER in one call."""
    return {day["date"]: day for day in days_as_json(*DOSSIER)}


@pytest.mark.parametrize("day", DOSSIER)
def test_a_day_has_the_ids_of_the_dossier(
    shown: dict[str, dict[str, Any]], day: str
) -> None:
    found = [
        {item["id"] for item in shown[day][section]}
        for section in ("talks", "regimes", "zones")
    ]
    assert found == [set(ids.split()) for ids in DOSSIER[day]]


def test_json_has_its_keys_in_order(shown: dict[str, dict[str, Any]]) -> None:
    for day in shown.values():
        assert list(day)[: len(KEYS)] == KEYS
        for section, keys in (
            ("talks", TALK_KEYS),
            ("regimes", REGIME_KEYS),
            ("zones", ZONE_KEYS),
            ("plans", PLAN_KEYS),
        ):
            for item in day[section]:
                assert list(item)[: len(keys)] == keys
                assert set(item) - set(keys) <= {"attested_until"}


def test_everything_shown_has_sources(shown: dict[str, dict[str, Any]]) -> None:
    for day in shown.values():
        for section in ("talks", "regimes", "zones", "decisions", "ground"):
            for item in day[section]:
                assert item["sources"]
                assert all(
                    source["id"] and source["title"] for source in item["sources"]
                )
        assert all(plan["source"]["title"] for plan in day["plans"])


def test_the_place_reads_as_it_was_called_that_day(
    shown: dict[str, dict[str, Any]],
) -> None:
    places = {
        day: shown[day]["talks"][0]["place"]
        for day in ("2017-12-21", "2018-07-30", "2019-04-25", "2024-11-12")
    }
    assert list(places.values()) == ["Astana", "Sochi", "Nur-Sultan", "Astana"]


def test_the_second_day_of_a_round_is_counted(
    shown: dict[str, dict[str, Any]],
) -> None:
    talk = shown["2017-01-24"]["talks"][0]
    assert (talk["day"], talk["days"]) == (2, 2)
    assert (talk["lon"], talk["lat"]) == (71.446, 51.1801)


def test_an_unknown_end_is_null_with_the_last_attested_day(
    shown: dict[str, dict[str, Any]],
) -> None:
    regimes = {item["id"]: item for item in shown["2017-01-24"]["regimes"]}
    truce = regimes["cf-2016-12"]
    assert (truce["since"], truce["until"]) == ("2016-12-30", None)
    assert truce["attested_until"] == "2018-05-15"
    known = regimes["lt-2015-09-fourtowns"]
    assert known["until"] == "2017-03-28"
    assert "attested_until" not in known


def test_an_agreed_zone_lasts_to_the_day_before_its_own_deal(
    shown: dict[str, dict[str, Any]],
) -> None:
    terms = {
        zone["id"]: (zone["status"], zone["since"], zone["until"])
        for zone in shown["2017-05-06"]["zones"]
    }
    assert terms == {
        "south": ("agreed", "2017-05-06", "2017-07-08"),
        "east-ghouta": ("agreed", "2017-05-06", "2017-07-21"),
        "north-homs": ("agreed", "2017-05-06", "2017-08-02"),
        "idlib": ("agreed", "2017-05-06", "2017-09-14"),
    }


def test_a_zone_in_force_has_its_own_term_and_version(
    shown: dict[str, dict[str, Any]],
) -> None:
    idlib = next(zone for zone in shown["2017-12-21"]["zones"] if zone["id"] == "idlib")
    assert (idlib["version"], idlib["status"]) == ("idlib-a", "in force")
    assert (idlib["since"], idlib["until"]) == ("2017-09-15", "2024-12-08")
    assert idlib["title"] == "Idlib de-escalation area"
    assert 8000 < idlib["area_km2"] < 9500


def test_a_plan_keeps_the_words_and_the_date_of_its_claim(
    shown: dict[str, dict[str, Any]],
) -> None:
    plans = {plan["event_id"]: plan for plan in shown["2017-12-21"]["plans"]}
    assert set(plans) == {"gva-ix", "sochi-cong"}
    assert plans["sochi-cong"]["start"].startswith("2018-02")
    assert plans["sochi-cong"]["location"] == "Sochi"


def test_decisions_ground_and_posts_are_shown_beside() -> None:
    aleppo, december = days_as_json("2016-12-16", "2017-12-21")
    assert {item["id"] for item in aleppo["ground"]} == {
        "alp-2016-evac",
        "alp-2016-stop",
    }
    assert {item["id"] for item in december["posts"]} == {
        "op-tr-01",
        "op-tr-02",
        "op-tr-03",
    }
    assert "meet-2017-12-21-moscow" in {item["id"] for item in december["decisions"]}


def test_text_has_the_date_the_sentence_and_a_line_an_item() -> None:
    result = run("on", "2019-04-25")
    lines = result.stdout.splitlines()
    assert lines[0] == "25 April 2019"
    assert lines[1].startswith("The twelfth Astana round opens.")
    talk = lines[lines.index("Talks") + 1]
    assert "Nur-Sultan" in talk
    assert "day 1 of 2" in talk
    assert re.search(r"Sources: \w+", talk)


def test_text_says_what_is_approximate_and_what_is_unknown() -> None:
    text = run("on", "2017-01-24").stdout
    assert "about 28 March 2017" in text
    assert "from 30 December 2016, end unknown, attested until 15 May 2018" in text


def test_several_dates_are_printed_in_their_order() -> None:
    text = run("on", "2024-12-09", "2017-12-21").stdout
    assert text.startswith("9 December 2024\nNothing on record holds")
    assert "\n\n21 December 2017\n" in text


@pytest.mark.parametrize(
    "day", ["yesterday", "2017-02-30", "2017-12", "", "21.12.2017"]
)
def test_a_date_that_is_none_is_refused(day: str) -> None:
    assert_refused(run("on", "2017-12-21", day), repr(day), "2017-12-21")


@pytest.mark.parametrize("day", ["1999-01-01", "2031-01-01"])
def test_a_date_outside_the_record_is_refused(day: str) -> None:
    assert_refused(run("on", day), day, "outside the record", "2012-01-01")


@pytest.fixture
def no_geonames(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra `gazetteer` is not installed; its names take seconds."""
    monkeypatch.setattr(gazetteer, "in_geonames", lambda _: None)


@pytest.mark.usefixtures("no_geonames")
@pytest.mark.parametrize("name", ["Halab", "حلب", "Алеппо", "ALEPPO"])
def test_geocode_knows_a_place_in_several_scripts(name: str) -> None:
    result = run("geocode", name)
    assert result.exit_code == 0
    assert "aleppo" in result.stdout
    assert "37.1612, 36.2012" in result.stdout
    assert "Халеб" in result.stdout


@pytest.mark.usefixtures("no_geonames")
def test_geocode_labels_a_place_as_on_the_day() -> None:
    line = re.compile(r"^label +(.*)$", re.MULTILINE)
    label = {
        day: line.findall(run("geocode", "Kazakh capital", "--on", day).stdout)
        for day in ("2018-05-15", "2019-04-25")
    }
    assert list(label.values()) == [["Astana"], ["Nur-Sultan"]]


@pytest.mark.usefixtures("no_geonames")
def test_geocode_of_an_unknown_name_gives_the_nearest() -> None:
    result = run("geocode", "Alepo")
    assert_refused(result, "'Alepo' is no place", "(aleppo)")


def test_geocode_prints_geonames_rows_that_fit_the_table() -> None:
    result = run("geocode", "Kokshetau")
    assert_refused(result, "'Kokshetau' is no place")
    rows = result.stdout[result.stdout.index("place_id") :].splitlines()
    path = dataset.default_folder() / "places.csv"
    assert rows[0] == path.read_text("utf-8").splitlines()[0]
    row = next(csv.DictReader(rows))
    assert (row["name"], row["country"], row["geonames_id"]) == (
        "Kokshetau",
        "KZ",
        "1522203",
    )


@pytest.mark.usefixtures("no_geonames")
def test_geocode_without_the_gazetteer_says_how_to_install_it() -> None:
    result = run("geocode", "Sochi")
    assert result.exit_code == 0
    assert "pip install 'geo-astana[gazetteer]'" in result.stdout


def test_check_of_a_clean_folder_counts_its_tables() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    path = dataset.default_folder() / "events.csv"
    with path.open(encoding="utf-8", newline="") as file:
        events = sum(1 for _ in csv.reader(file)) - 1
    assert f"no faults in {events} events, " in result.stdout


def test_check_prints_each_fault_and_their_count(folder: Path) -> None:
    path = folder / "events.csv"
    text = path.read_text("utf-8").replace(",held,Nur-Sultan,", ",held,Nur-Sultn,", 2)
    path.write_text(text, "utf-8")
    for arguments in (["check", str(folder)], ["check", "--data", str(folder)]):
        result = run(*arguments)
        assert result.exit_code == 1
        *faults, last = result.stdout.splitlines()
        assert len(faults) == 2
        assert all(re.match(r"events\.csv, row \d+, location: ", at) for at in faults)
        assert last == f"2 faults in {folder}"


@pytest.mark.usefixtures("no_geonames")
def test_every_command_takes_a_data_folder(folder: Path) -> None:
    path = folder / "events.csv"
    text = path.read_text("utf-8").replace("Astana round 8,", "Round eight,")
    path.write_text(text, "utf-8")
    data = ["--data", str(folder)]
    assert "Round eight" in run("on", "2017-12-21", *data).stdout
    assert run("geocode", "Sochi", *data).exit_code == 0
    environment = {"GEO_ASTANA_DATA": str(folder)}
    result = CliRunner().invoke(cli.app, ["on", "2017-12-21"], env=environment)
    assert "Round eight" in result.stdout


@pytest.mark.parametrize(
    "arguments", [["on", "2017-12-21"], ["geocode", "Sochi"], ["check"], ["serve"]]
)
def test_no_command_starts_on_a_folder_that_is_none(
    tmp_path: Path, arguments: list[str]
) -> None:
    result = run(*arguments, "--data", str(tmp_path / "none"))
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "found no folder" in result.output


def test_serve_prints_the_report_of_check_and_does_not_start(folder: Path) -> None:
    (folder / "claims.csv").unlink()
    checked, served = run("check", str(folder)), run("serve", "--data", str(folder))
    assert served.exit_code == 1
    assert served.stdout == checked.stdout
    assert "http" not in served.output


def test_version_is_that_of_the_package() -> None:
    assert run("--version").stdout == f"geo-astana {geo_astana.__version__}\n"
    project = Path(__file__).parents[1] / "pyproject.toml"
    declared = tomllib.loads(project.read_text("utf-8"))["project"]
    assert declared.get("version", geo_astana.__version__) == geo_astana.__version__


def test_a_closed_pipe_is_quiet() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "geo_astana", "on", *DOSSIER, "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(PATIENCE_S) == 1


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_port_in_use_gives_way_to_the_next_free_one(taken: int) -> None:
    with cli.listen("127.0.0.1", taken) as listening:
        assert taken < listening.getsockname()[1] < taken + cli.PORTS_TRIED


def test_ports_that_are_all_in_use_are_refused(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "PORTS_TRIED", 1)
    with pytest.raises(errors.PortError, match=rf"{taken}.* in use.*--port"):
        cli.listen("127.0.0.1", taken)


def test_a_host_that_is_not_ours_is_refused() -> None:
    # 192.0.2.0/24 is set aside for documentation, so no machine has it.
    with pytest.raises(errors.PortError, match=r"192\.0\.2\.1"):
        cli.listen("192.0.2.1", 8050)


def test_serve_takes_the_next_port_answers_and_stops_quietly(taken: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "geo_astana", "serve", "--port", str(taken)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout
        try:
            said = [process.stdout.readline(), process.stdout.readline()]
            assert f"Port {taken} is in use" in said[0]
            address = re.search(r"http://127\.0\.0\.1:(\d+)/", said[1])
            assert address
            assert int(address[1]) > taken
            connection = http.client.HTTPConnection(
                "127.0.0.1", int(address[1]), timeout=PATIENCE_S
            )
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
            connection.close()
            process.send_signal(signal.SIGINT)
            _, complaints = process.communicate(timeout=PATIENCE_S)
            assert complaints == ""
            assert process.returncode == 0
        finally:
            process.kill()


def test_load_gives_days_figures_and_frames() -> None:
    record = geo_astana.load()
    assert isinstance(record, api.Record)
    day = date(2017, 12, 21)
    assert record.on("2017-12-21") == report.as_json(record.data, day)
    assert record.on(day) == record.on("2017-12-21")
    assert record.events.crs == record.zones.crs == "EPSG:4326"
    assert len(record.events) == len(record.data.events)
    with pytest.raises(errors.DateError):
        record.on("1999-01-01")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_figure_has_the_size_asked_for_and_is_valid(theme: Any) -> None:
    figure = geo_astana.load().figure("2017-12-21", theme=theme, width=900, height=700)
    assert isinstance(figure, go.Figure)
    assert (figure.layout.width, figure.layout.height) == (900, 700)


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "plotly dash pandas geopandas frictionless".split()
    code = f"import sys, geo_astana; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
