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

function unreachable(tile) {
  const body = tile.querySelector(".tile-body");
  body.replaceChildren(document.querySelector("template[data-unreachable]").content.cloneNode(true));
  tile.setAttribute("aria-busy", "false");
  tile.dataset.failed = "";
  report();
}

export function startTiles() {
  document.addEventListener("htmx:load", (event) => {
    if (event.target.closest?.(".tile, #dashboard")) report();
  });
  for (const gone of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(gone, (event) => {
      const tile = event.target.closest?.(".tile");
      if (tile) unreachable(tile);
    });
  }
}
