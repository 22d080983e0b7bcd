// What happens around tiles as they arrive: progress for screen readers, and a server that is gone.

import { say } from "./announce.js";

function report() {
  const tiles = [...document.querySelectorAll(".tile")];
  if (tiles.length === 0) return;
  const waiting = tiles.filter((tile) => tile.getAttribute("aria-busy") === "true").length;
  if (waiting > 0) return;
  const failed = tiles.filter((tile) => "failed" in tile.dataset).length;
  say(failed ? `${tiles.length} tiles loaded, ${failed} of them with an error` : `${tiles.length} tiles loaded`);
}

// The marks of the tiles that are here, in one request: when all are, or after a while without another.
const MARKS_AFTER = 400;
let waiting = null;

function askMarksSoon() {
  clearTimeout(waiting);
  const busy = document.querySelector("#dashboard .tile[aria-busy=true]") !== null;
  waiting = setTimeout(askMarks, busy ? MARKS_AFTER : 0);
}

async function askMarks() {
  const board = document.querySelector("#dashboard[data-marks-url]");
  const slots = new Map([...(board?.querySelectorAll(".truth-slot:not([data-asked])") ?? [])].map((slot) => [slot.closest(".tile").dataset.tile, slot]));
  if (slots.size === 0) return;
  const address = new URL(board.dataset.marksUrl, location.href);
  address.searchParams.set("on", location.search.slice(1));
  for (const [tile, slot] of slots) {
    slot.dataset.asked = "";
    address.searchParams.append("tile", tile);
  }
  let page = "";
  try {
    const answer = await fetch(address, { headers: { "hx-request": "true" } });
    if (answer.ok) page = await answer.text();
  } catch {
    // A tile without a mark: the next time it is asked for, so is its mark.
  }
  for (const found of new DOMParser().parseFromString(page, "text/html").querySelectorAll("[data-mark-of]")) {
    slots.get(found.dataset.markOf)?.replaceWith(...found.childNodes);
  }
}

function unreachable(tile) {
  const body = tile.querySelector(".tile-body");
  body.replaceChildren(document.querySelector("template[data-unreachable]").content.cloneNode(true));
  tile.setAttribute("aria-busy", "false");
  tile.dataset.failed = "";
  report();
}

export function startTiles() {
  document.addEventListener("htmx:load", (event) => {
    if (!event.target.closest?.(".tile, #dashboard")) return;
    report();
    askMarksSoon();
  });
  for (const gone of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(gone, (event) => {
      const tile = event.target.closest?.(".tile");
      if (tile) unreachable(tile);
    });
  }
}
