"""`attain connect` for a CSV file, a database and a JSON service: from rows to a mapping that reads them."""

import json
import sqlite3
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import app
from connectors.fakes.server import serve
from connectors.mapping import load_file
from connectors.schema import KindMapping

DEALS = """\
Deal No;Customer;Sales Rep;Net Amount;Ccy;Status;Close Date
D-1;Müller & Co;U1;1.250,50;EUR;Invoiced;31.03.2026
D-2;Čapek;U2;80,00;EUR;Cancelled;01.04.2026
D-3;Ito;U2;8O,00;EUR;Invoiced;02.04.2026
"""


@pytest.fixture
def sources(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = elsewhere / "sources"
    folder.mkdir()
    monkeypatch.setenv("ATTAIN_SOURCES", str(folder))
    return folder


def connect(*answers: str, at: str = "") -> Result:
    done = CliRunner().invoke(app, ["connect", *(["--at", at] if at else [])], input="\n".join(answers) + "\n")
    assert "unexpectedly" not in done.output
    return done


def kind_of(path: Path) -> KindMapping:
    [kind] = load_file(path).kinds
    return kind


def test_a_file_is_read_as_it_writes_dates_and_amounts(sources: Path) -> None:
    (sources / "deals.csv").write_text(DEALS, encoding="utf-8")
    done = connect("csv", "erp", "deal", "deals.csv", "", "", "", "", "Invoiced", "Cancelled", "", "y")
    assert done.exit_code == 0, done.output
    assert "can be read as %d.%m.%Y" in done.output
    assert "1250.50 EUR" in done.output
    assert "2026-03-31" in done.output
    assert "held: amount '8O,00' is no amount" in done.output
    kind = kind_of(sources / "erp.yaml")
    assert {name: source.column for name, source in kind.fields.items()} == {
        "id": "Deal No", "account": "Customer", "owner": "Sales Rep", "amount": "Net Amount", "currency": "Ccy",
        "stage": "Status", "close": "Close Date",
    }  # fmt: skip
    assert (kind.fmt.delimiter, kind.fmt.decimal, kind.fmt.thousands) == (";", ",", ".")
    assert kind.stages is not None
    assert (kind.stages.won, kind.stages.lost) == ({"Invoiced"}, {"Cancelled"})


def test_a_day_that_could_be_a_month_is_asked_for(sources: Path) -> None:
    (sources / "deals.csv").write_text(DEALS.replace("31.03.2026", "03/04/2026").replace("01.04", "05/04"), "utf-8")
    done = connect("csv", "erp", "deal", "deals.csv", "", "%Y-%m-%d")
    assert done.exit_code == 2
    assert done.stderr.strip().splitlines()[-1].startswith("'03/04/2026' is no date in '%Y-%m-%d'. Use")


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("csv", "erp", "deal", "nowhere.csv"), "There is no file 'nowhere.csv'"),
        (("csv", "erp", "opportunity"), "'opportunity' is no kind of row here"),
        (("sql", "erp", "postgresql://reader:s3cret@host/erp"), "url is named by reference"),
        (("fax",), "'fax' cannot be set up here. Use one of hubspot"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_writes_nothing(
    sources: Path, answers: tuple[str, ...], said: str
) -> None:
    done = connect(*answers)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "s3cret" not in done.stderr
    assert list(sources.iterdir()) == []


@pytest.fixture
def erp(sources: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = sources.parent / "erp.db"
    with sqlite3.connect(path) as conn:
        conn.execute("CREATE TABLE payments (invoice_no TEXT, deal_no TEXT, paid_on TEXT, amount TEXT, changed TEXT)")
        conn.execute("INSERT INTO payments VALUES ('I-1', 'D-1', '2026-03-31', '1250.50', '2026-04-01 10:00:00')")
    conn.close()
    monkeypatch.setenv("ERP_URL", f"sqlite:///{path}")
    return "SELECT invoice_no, deal_no, paid_on, amount, changed FROM payments"


def test_a_database_is_asked_for_its_columns(sources: Path, erp: str) -> None:
    answers = ("sql", "erp", "", "event", erp, "invoice_no", "changed", "=payment", "currency", "=EUR", "", "", "y")
    done = connect(*answers)
    assert done.exit_code == 0, done.output
    assert "1250.50 EUR" in done.output
    kind = kind_of(sources / "erp.yaml")
    assert (kind.options["key"], kind.options["stamp"]) == ("invoice_no", "changed")
    assert (kind.fields["name"].constant, kind.fields["deal"].column) == ("payment", "deal_no")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DELETE FROM payments", "no single SELECT"),
        ("SELECT nothing FROM payments", "refuses the query"),
        ("SELECT invoice_no FROM nowhere", "Run the query by hand"),
    ],
)
def test_a_query_that_cannot_be_read_is_one_sentence(sources: Path, erp: str, query: str, said: str) -> None:
    done = connect("sql", "erp", "", "event", query, "invoice_no", "")
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output
    assert erp
    assert list(sources.iterdir()) == []


class Survey:
    """A service with one list."""

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization") != "Bearer t0ken":
            return httpx.Response(401, json={})
        rows = [{"id": 1, "agent": {"email": "ada@example.com"}, "day": "2026-03-31", "score": 9.5}]
        return httpx.Response(200, content=json.dumps({"data": {"items": rows}}).encode())


def test_a_list_of_json_is_set_up_down_to_its_inner_names(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "t0ken")
    with serve(Survey()) as server:
        answers = [
            "json",
            "nps",
            "https://api.example.com",
            "",
            "achievement",
            "/scores",
            "",
            "data.items",
            "",
            "",
            "",
        ]
        answers += ["agent.email", "=nps", "=number", "", "", "y"]
        done = connect(*answers, at=server.url)
    assert done.exit_code == 0, done.output
    kind = kind_of(sources / "nps.yaml")
    assert (kind.fields["person"].column, kind.fields["value"].column) == ("agent.email", "score")
    assert kind.options["items"] == "data.items"


def test_a_wrong_token_of_a_service_is_one_sentence(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "wrong-s3cret")
    with serve(Survey()) as server:
        done = connect(
            "json", "nps", "https://api.example.com", "", "achievement", "/scores", "", "", "", at=server.url
        )
    assert done.exit_code == 1
    assert "token" in done.stderr
    assert "s3cret" not in done.output
    assert list(sources.iterdir()) == []
