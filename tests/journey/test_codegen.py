"""Code made from a plan, over the real SDKs, against a real gateway that holds events to that plan."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.collect import CompiledSource, compile_plainly
from mainstem.events import decode_received
from mainstem.testing.gateway import RecordingLog
from mainstem.testing.gateway_thread import gateway
from mainstem.tracking import TrackingStep
from mainstem.tracking.codegen import generate
from mainstem.tracking.read import parse_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.events import Source

pytestmark = pytest.mark.journey

PLAN = parse_plan(
    """
version: 4
violations: quarantine
unplanned_events: quarantine
unplanned_properties: quarantine
events:
  - name: Order Completed
    description: Somebody paid.
    properties:
      total: {type: number, required: true}
      currency: {type: string, enum: [EUR, USD], required: true}
      coupon: {type: [string, "null"], required: true}
      paid at: datetime
      address: {properties: {city: {type: string, required: true}, zip-code: string}}
      lines: {type: array, items: {properties: {sku: {type: string, required: true}, quantity: integer}}}
  - type: page
    properties: {level: {type: integer, required: true}}
  - {type: screen, name: Start, properties: {level: {type: integer}}}
  - {type: identify, traits: {plan: {type: string, required: true}}}
  - {type: group, traits: {size: {type: integer, required: true}}}
""",
    Path("web-shop.yml"),
)
KINDS = ["group", "identify", "page", "screen", "track"]


@contextmanager
def held_to_the_plan() -> Iterator[tuple[str, RecordingLog, RecordingLog]]:
    """A gateway's address, and its logs of accepted and of quarantined events."""
    events, quarantine = RecordingLog(), RecordingLog()

    def compiler(source: Source) -> CompiledSource:
        return msgspec.structs.replace(compile_plainly(source), steps=(TrackingStep(source.id, PLAN),))

    with gateway(lambda: (events, quarantine), compiler=compiler) as (url, _):
        yield url, events, quarantine


def kinds_of(log: RecordingLog) -> list[str]:
    events = [json.loads(bytes(decode_received(record).event)) for record in log.records]
    assert all(event["context"]["trackingPlanVersion"] == 4 for event in events)
    return sorted(event["type"] for event in events)


@pytest.mark.parametrize("sdk", ["rudderstack", "segment"])
def test_events_of_generated_python_pass_the_plan(sdk: str, tmp_path: Path) -> None:
    client_module = pytest.importorskip(f"{sdk}.analytics.client")
    (tmp_path / "web_shop.py").write_text(generate(PLAN, "python"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("web_shop", tmp_path / "web_shop.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with held_to_the_plan() as (url, events, quarantine):
        client = client_module.Client("WK", host=url, upload_interval=0.05)
        shop: Any = module.WebShop(client)
        shop.order_completed(
            user_id="u1",
            total=9.5,
            currency="EUR",
            coupon=None,
            paid_at=datetime(2026, 1, 2, tzinfo=UTC),
            address={"city": "Köln"},
            lines=[{"sku": "A", "quantity": 2}, {"sku": "B"}],
        )
        shop.page(anonymous_id="a1", level=1)
        shop.screen_start(user_id="u1")
        shop.identify("u1", plan="team")
        shop.group("u1", "g1", size=3)
        client.flush()
        client.join()
        session = sys.modules[f"{sdk}.analytics.request"]._session
        session.close()
    assert quarantine.records == []
    assert kinds_of(events) == KINDS


NODE = """
import { Analytics } from "@segment/analytics-node";
import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { WebShopServer } from "./web_shop";

async function main(sdk: string, url: string): Promise<void> {
  const client =
    sdk === "segment"
      ? new Analytics({ writeKey: "WK", host: url, maxEventsInBatch: 1 })
      : new RudderAnalytics("WK", { dataPlaneUrl: url });
  const shop = new WebShopServer(client);
  const who = { userId: "u1" };
  shop.orderCompleted(who, {
    total: 9.5,
    currency: "EUR",
    coupon: null,
    "paid at": new Date(0),
    address: { city: "Köln" },
    lines: [{ sku: "A", quantity: 2 }],
  });
  shop.page({ anonymousId: "a1" }, { level: 1 });
  shop.screenStart(who);
  shop.identify(who, { plan: "team" });
  shop.group(who, "g1", { size: 3 });
  // @ts-expect-error a value that is not planned
  const wrong = () => shop.orderCompleted(who, { total: 1, currency: "GBP", coupon: null });
  // @ts-expect-error what is required is missing
  const missing = () => shop.identify(who, {});
  void [wrong, missing];
  if (client instanceof Analytics) await client.closeAndFlush();
  else for (let times = 0; times < 3; times++) await client.flush(); // the first event goes by itself
}

main(process.argv[2]!, process.argv[3]!).then(() => process.exit(0));
"""
BROWSER = """
import { AnalyticsBrowser } from "@segment/analytics-next";
import { RudderAnalytics } from "@rudderstack/analytics-js";
import { WebShopBrowser } from "./web_shop";

new WebShopBrowser(AnalyticsBrowser.load({ writeKey: "WK" })).page({ level: 1 });
new WebShopBrowser(new RudderAnalytics()).identify("u", { plan: "team" });
"""


@pytest.fixture(scope="module")
def compiled(npm: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the generated module and a program that uses it, compiled with `--strict`."""
    compiler = npm / "typescript" / "bin" / "tsc"
    if not compiler.is_file():
        pytest.skip(f"no TypeScript in {npm}: `make test` installs it")
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "node_modules").symlink_to(npm)
    (folder / "web_shop.ts").write_text(generate(PLAN, "typescript"), encoding="utf-8")
    (folder / "node.ts").write_text(NODE, encoding="utf-8")
    (folder / "browser.ts").write_text(BROWSER, encoding="utf-8")
    options = [
        "--strict", "--skipLibCheck", "--esModuleInterop", "--module", "nodenext",
        "--target", "es2022", "--lib", "es2022,dom", "--types", "node",
    ]  # fmt: skip
    built = subprocess.run(
        ["node", str(compiler), *options, "node.ts", "browser.ts"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout
    return folder


@pytest.mark.parametrize("sdk", ["rudder", "segment"])
def test_events_of_generated_typescript_pass_the_plan(sdk: str, compiled: Path) -> None:
    with held_to_the_plan() as (url, events, quarantine):
        ran = subprocess.run(
            ["node", "node.js", sdk, url],
            cwd=compiled,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
    assert quarantine.records == []
    assert kinds_of(events) == KINDS
