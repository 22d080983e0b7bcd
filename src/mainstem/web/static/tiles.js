// What happens around tiles as they arrive: progress for screen readers, copy buttons, a server that is gone.

function say(text) {
  document.querySelector("[data-announce]").textContent = text;
}

function report() {
  const tiles = [...document.querySelectorAll(".tile")];
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

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = "Selected: press Ctrl+C";
  }
}

export function startTiles() {
  document.addEventListener("htmx:load", (event) => {
    for (const button of event.target.querySelectorAll("[data-copy]")) button.hidden = false;
    report();
  });
  for (const gone of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(gone, (event) => {
      const tile = event.target.closest?.(".tile");
      if (tile) unreachable(tile);
    });
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) copy(button);
  });
}
