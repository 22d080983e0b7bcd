"""The pages of DAGs, runs, tasks and assets, as a browser meets them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from mainstem.errors import StoreUnavailable
from mainstem.testing.runs_scene import scene
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from mainstem.manifest import DagRun
    from mainstem.testing.memory_runs import MemoryRuns

DBT = "/dags/dbt_half_hourly"


@pytest.fixture
def runs() -> MemoryRuns:
    return scene()


@pytest.fixture
def web(company: Any, make_web: Any, runs: MemoryRuns) -> Any:
    return make_web(company, orchestration=runs.desk)


def failed_run(runs: MemoryRuns) -> DagRun:
    return [run for run in runs.runs["dbt_half_hourly"] if run.state == "failed"][-1]


def path_of(run: DagRun) -> str:
    return f"/dags/{run.dag_id}/runs/{quote(run.run_id, safe='')}"


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_list_has_what_did_not_run_first_then_what_failed(web: Any) -> None:
    page = web.client.get("/dags").text
    assert re.findall(r'data-dag="(\w+)"', page)[:2] == ["csv_extracts", "dbt_nightly"]
    said = words(page)
    assert "Should have started 11 h ago." in said
    assert "mart_4 failed: exit 1" in said
    assert "Daily at 07:00 (Europe/Berlin)" in said
    assert "Tue 24 Nov 07:00 CET · 06:00 UTC" in said


def test_a_list_without_a_runner_says_so_and_what_to_start(web: Any, runs: MemoryRuns) -> None:
    assert "No runner is alive" not in web.client.get("/dags").text
    runs.kept_runners = []
    page = words(web.client.get("/dags").text)
    assert "No runner is alive: nothing runs by itself." in page
    assert "mainstem runner" in page


def test_a_list_says_that_what_is_written_is_not_followed(web: Any, runs: MemoryRuns) -> None:
    assert "do not check" not in web.client.get("/dags").text
    runs.refusal = "dags/mail.yml:3: tasks: expected a list, got <7>"
    page = web.client.get("/dags").text
    assert "The DAGs as they are written do not check." in page
    assert "expected a list, got &lt;7&gt;" in page


def test_the_list_is_narrowed_by_its_address(web: Any) -> None:
    for query, wanted in [
        ("q=invoices", ["billing_hourly"]),
        ("state=overdue", ["csv_extracts"]),
        ("state=paused", ["log_extracts"]),
        ("tag=mail", ["deliveries"]),
        ("owner=finance&q=crm", ["crm_mirror", "fresh_activations"]),
    ]:
        found = re.findall(r'data-dag="(\w+)"', web.client.get(f"/dags?{query}").text)
        assert sorted(found) == wanted, query
    assert "No DAG like that" in web.client.get("/dags?q=zebra").text


def test_before_the_first_dag_the_page_says_where_they_come_from(web: Any, runs: MemoryRuns) -> None:
    runs.known.clear()
    page = web.client.get("/dags").text
    assert "No DAGs yet" in page
    assert "mainstem plan" in page


def test_every_mark_says_in_words_what_it_shows(web: Any) -> None:
    page = web.client.get(DBT).text
    marks = re.findall(r"<a [^>]*?aria-label=\"([^\"]+)\"[^>]*>\s*<svg class=\"mark", page)
    assert "identity, failed, 12 s, exit 1 · 2026-11-23 12:30" in marks
    assert all(re.search(r"success|failed|running|skipped|retry|scheduled|no status", mark) for mark in marks)


def test_the_grid_has_one_stop_for_the_tab_key(web: Any) -> None:
    grid = web.client.get(DBT).text.partition("<thead>")[2].partition("</table>")[0]
    assert len(re.findall(r"<a ", grid)) - len(re.findall(r'<a [^>]*tabindex="-1"', grid)) == 1


def test_the_grid_shows_as_many_runs_as_asked_for(web: Any) -> None:
    for query, columns in [("", 25), ("?runs=50", 50), ("?runs=100", 60), ("?runs=7", 25)]:
        assert web.client.get(DBT + query).text.count('class="grid-run"') == columns


def test_a_dag_that_never_ran_says_what_to_do(web: Any) -> None:
    page = web.client.get("/dags/one_off_repairs").text
    assert "No run yet" in page
    assert "mainstem run one_off_repairs" in page


@pytest.mark.parametrize("view", ["", "/graph", "/details", "/code"])
def test_every_view_of_a_dag_is_there_and_one_of_no_dag_is_not(web: Any, view: str) -> None:
    assert web.client.get(DBT + view).status_code == 200
    assert web.client.get(f"/dags/nowhere{view}").status_code == 404


def test_details_tell_next_runs_limits_pools_and_retries(web: Any) -> None:
    page = words(web.client.get(f"{DBT}/details").text)
    assert page.count("Mon 23 Nov 14:30 UTC") == 1
    assert "25 min after a run was queued" in page
    assert "lake: 2 of 4 slots in use" in page
    assert "1, after 1 min" in page


def test_the_code_names_where_it_was_written_and_no_value_of_a_secret(web: Any) -> None:
    page = web.client.get(f"{DBT}/code").text
    assert "mainstem.toml:12" in page
    assert "LAKE_PASSWORD" in page
    assert "&#34;key&#34;: &#34;password&#34;" in page


def test_the_graph_shows_the_newest_run(web: Any) -> None:
    page = web.client.get(f"{DBT}/graph").text
    assert 'aria-label="sessions: running' in page
    assert page.count('data-before="') == 7


def test_a_run_tells_every_task_with_state_try_and_reason(web: Any, runs: MemoryRuns) -> None:
    page = words(web.client.get(path_of(failed_run(runs))).text)
    assert "identity dbt failed 1 of 2 12 s exit 1" in page
    assert "publish publish upstream failed – –" in page
    assert "scheduled__2026-11-23T12:30:00+00:00" in page


def test_what_failed_is_led_to_from_the_list_the_dag_and_the_run(web: Any, runs: MemoryRuns) -> None:
    failed = runs.runs["dbt_nightly"][-1]
    for path in ("/dags", "/dags/dbt_nightly"):
        assert re.search(
            rf'href="{re.escape(path_of(failed))}"[^>]*>(Run|mart_4 failed)', web.client.get(path).text
        ), path
    found = re.search(
        r'href="([^"]+)"><strong>mart_4</strong> failed: exit 1', web.client.get(path_of(failed)).text
    )
    assert found is not None
    assert found[1] == f"{path_of(failed)}/tasks/mart_4"


def test_a_task_tells_its_command_environment_neighbours_and_tries(web: Any, runs: MemoryRuns) -> None:
    page = words(web.client.get(f"{path_of(failed_run(runs))}/tasks/identity").text)
    assert "mainstem build --select tag:identity" in page
    assert "DBT_TARGET=lake" in page
    assert "LAKE_PASSWORD= secret lake, key password" in page
    assert "Try 1 12 s · exit 1" in page
    assert "Waits for staging" in page
    assert "Then come revenue" in page
    assert "1Gi asked for, at most 4Gi" in page


def test_a_task_that_was_never_tried_says_why(web: Any, runs: MemoryRuns) -> None:
    page = web.client.get(f"{path_of(failed_run(runs))}/tasks/publish").text
    assert "Not tried yet" in page
    assert "A task that it waits for has failed" in page


@pytest.mark.parametrize("rest", ["/tasks/nothing", "/tasks/identity?try=9", "/tasks/identity/log?try=9"])
def test_what_is_not_there_is_404(web: Any, runs: MemoryRuns, rest: str) -> None:
    assert web.client.get(path_of(failed_run(runs)) + rest).status_code == 404
    assert web.client.get(f"{DBT}/runs/none").status_code == 404


def test_a_log_that_is_not_there_is_said_and_the_page_is_whole(web: Any, runs: MemoryRuns) -> None:
    done, under_way = runs.runs["dbt_half_hourly"][-2:]
    assert "Nothing is kept of this log." in web.client.get(f"{path_of(done)}/tasks/load").text
    runs.kept_logs.clear()
    running = f"{path_of(under_way)}/tasks/sessions"
    assert "Nothing has been written yet." in web.client.get(running).text
    assert "Nothing has been written yet." in web.client.get(f"{running}/log?try=1&after=0.1").text
    assert web.client.get(f"{running}/log/download?try=1").status_code == 404


def test_a_log_is_escaped_and_leads_to_each_of_its_lines(web: Any, runs: MemoryRuns) -> None:
    run = failed_run(runs)
    runs.log_of(run, "identity").body = b"<script>alert(1)</script>\nplain\n"
    page = web.client.get(f"{path_of(run)}/tasks/identity").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="?try=1&amp;line=2#L2"' in page


def test_a_log_of_a_hundred_megabytes_costs_a_page_little(web: Any, runs: MemoryRuns) -> None:
    run = failed_run(runs)
    runs.log_of(run, "identity").body = b"a line of a log that goes on and on\n" * 3_000_000
    task = f"{path_of(run)}/tasks/identity"
    page = web.client.get(task)
    assert len(page.content) < 2_000_000
    assert 'id="L3000000"' in page.text
    log = runs.log_of(run, "identity")
    end = re.search(r'data-end="([\d.]+)"', page.text)
    assert end is not None
    log.read_bytes = 0
    log.body += b"and one more\n"
    more = web.client.get(f"{task}/log?try=1&after={end[1]}").text
    assert re.findall(r'id="(L\d+)"', more) == ["L3000001"]
    assert log.read_bytes < 1000, "what was shown is not read again"


def test_a_log_is_opened_at_the_line_that_its_address_names(web: Any, runs: MemoryRuns) -> None:
    run = failed_run(runs)
    runs.log_of(run, "identity").body = b"".join(b"line %d of many\n" % n for n in range(1, 90_001))
    page = web.client.get(f"{path_of(run)}/tasks/identity?try=1&line=40000").text
    assert 'id="L40000"' in page
    assert "line 40000 of many" in page
    assert 'id="L90000"' not in page


def test_a_log_is_searched_whole_and_what_is_found_is_led_to(web: Any, runs: MemoryRuns) -> None:
    task = f"{path_of(failed_run(runs))}/tasks/identity"
    found = web.client.get(f"{task}/log/search?try=1&q=duplicate+KEY").text
    assert re.findall(r"line=(\d+)#L\1", found) == ["185"]
    assert "No line holds “zebra”" in web.client.get(f"{task}/log/search?try=1&q=zebra").text


def test_a_log_is_downloaded_whole_as_a_file(web: Any, runs: MemoryRuns) -> None:
    run = failed_run(runs)
    answer = web.client.get(f"{path_of(run)}/tasks/identity/log/download?try=1")
    assert answer.content == runs.log_of(run, "identity").body
    assert answer.headers["content-disposition"].startswith('attachment; filename="dbt_half_hourly.identity.')
    assert answer.headers["content-length"] == str(len(answer.content))


def test_a_page_in_which_nothing_changed_is_not_sent_again(web: Any, runs: MemoryRuns) -> None:
    first = web.client.get("/dags")
    again = web.client.get("/dags", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    runs.kept_runners = []
    assert web.client.get("/dags", headers={"if-none-match": first.headers["etag"]}).status_code == 200


def test_assets_are_drawn_and_listed_with_who_made_them_new(web: Any) -> None:
    page = web.client.get("/assets").text
    assert 'aria-label="asset lake/raw/tracks"' in page
    assert "dbt_half_hourly · staging" in page
    assert 'href="/explores/company/accounts"' in page
    one = web.client.get("/assets?asset=lake/raw/tracks").text
    assert "lake/billing/rows" not in one
    assert web.client.get("/assets?asset=nothing").status_code == 404


def test_before_the_first_asset_the_page_says_what_one_is(web: Any, runs: MemoryRuns) -> None:
    runs.known.clear()
    runs.kept_assets.clear()
    assert "outlets =" in web.client.get("/assets").text


def test_while_postgres_is_away_pages_say_so(web: Any, runs: MemoryRuns) -> None:
    runs.problem = StoreUnavailable("Postgres does not answer")
    assert web.client.get("/dags").status_code == 503


def test_a_server_without_runs_has_no_such_pages(company: Any, make_web: Any) -> None:
    assert make_web(company).client.get("/dags").status_code == 404


def test_a_viewer_sees_everything_and_is_offered_nothing_to_do(web: Any, runs: MemoryRuns) -> None:
    viewer = web.logged_in("eve@example.org", Role.VIEWER)
    for path in ("/dags", DBT, path_of(failed_run(runs)), f"{path_of(failed_run(runs))}/tasks/identity"):
        page = viewer.get(path)
        assert page.status_code == 200
        main = page.text.partition("<main")[2].partition("</main>")[0]
        assert 'method="post"' not in main, path
        assert "/clear" not in main, path


def test_dags_are_found_by_the_search_box(web: Any) -> None:
    assert 'href="/dags/billing_hourly"' in web.client.get("/search?q=billing").text
