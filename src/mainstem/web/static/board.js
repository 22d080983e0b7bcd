// A dashboard as a whole: ask its tiles anew, by hand or by the clock; change its filters without losing what is
// seen; show it, or one tile, alone on the screen; print it.

import { say } from "./announce.js";

const SELECTED = "#dashboard";
const dashboard = () => document.getElementById("dashboard");

// What is seen stays until its successor is here.
function ask(tile) {
  tile.setAttribute("aria-busy", "true");
  // Each tile is its own source: of one source only the last request in a row would be sent.
  window.htmx.ajax("GET", tile.dataset.tileUrl, { source: tile, target: tile, swap: "outerHTML" });
}

function refresh() {
  for (const tile of document.querySelectorAll("#dashboard [data-tile-url]")) ask(tile);
}

// A page that comes back with other filters: tiles that are there stay, and those whose address is another now ask
// for themselves.
let addresses = new Map();

function keepTiles(event) {
  if (event.detail.target?.id !== "dashboard" || event.detail.isError || dashboard() === null) return;
  const page = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
  const next = page.querySelector(SELECTED);
  if (next === null || next.dataset.path !== dashboard().dataset.path) return;
  remember(document.activeElement?.closest?.(".tile"));
  addresses = new Map();
  for (const tile of next.querySelectorAll("[data-tile-url]")) {
    const now = document.getElementById(tile.id);
    if (now?.dataset.tile !== tile.dataset.tile || now.dataset.tileUrl === undefined || "failed" in now.dataset) continue;
    if (now.classList.contains("tile-waiting")) continue;
    addresses.set(tile.id, tile.dataset.tileUrl);
    tile.setAttribute("hx-preserve", "true");
    for (const name of ["hx-get", "hx-trigger"]) tile.removeAttribute(name);
  }
  const root = dashboard();
  if (document.fullscreenElement === root) {
    // Replaced, it would leave the full screen: its parts are, one by one.
    event.detail.shouldSwap = false;
    swapParts(root, next, event.detail.pathInfo);
    return;
  }
  event.detail.serverResponse = page.documentElement.outerHTML;
}

function swapParts(root, next, path) {
  for (const tile of [...next.querySelectorAll("[hx-preserve]")]) tile.replaceWith(document.getElementById(tile.id));
  root.replaceChildren(...next.childNodes);
  for (const child of root.children) window.htmx.process(child);
  history.pushState({ htmx: true }, "", path?.responsePath ?? path?.finalRequestPath ?? location.href);
  askChanged();
}

function askChanged() {
  for (const [id, address] of addresses) {
    const tile = document.getElementById(id);
    if (tile === null || tile.dataset.tileUrl === address) continue;
    tile.dataset.tileUrl = address;
    ask(tile);
  }
  addresses = new Map();
}

// A tile that asks anew is another element when its answer is here: who was in it by the keyboard is put back.
let lastIn = null;

function remember(tile) {
  if (!tile || lastIn?.id === tile.id) return;
  const { pickField, pickValue } = document.activeElement.dataset;
  lastIn = { id: tile.id, sheet: tile.querySelector(".sheet:popover-open")?.id, pickField, pickValue };
}

function noteFocus(event) {
  const tile = event.detail.target;
  if (tile?.classList?.contains("tile") && tile.contains(document.activeElement)) remember(tile);
}

function giveFocusBack(tile) {
  if (lastIn === null || tile?.id !== lastIn.id) return;
  const { sheet: name, pickField, pickValue } = lastIn;
  lastIn = null;
  const sheet = name && document.getElementById(name);
  sheet?.showPopover();
  const within = sheet || tile;
  const same = [...within.querySelectorAll("[data-pick-field]")].find((one) => one.dataset.pickField === pickField && one.dataset.pickValue === pickValue);
  (same ?? within.querySelector(sheet ? "button" : ".tile-tools :is(button, summary)"))?.focus();
}

// Charts are drawn in the colours of the page: on paper those are the light ones.
async function print() {
  const root = document.documentElement;
  const before = root.dataset.theme;
  const charts = [...document.querySelectorAll("mainstem-chart")];
  for (const chart of charts) delete chart.dataset.drawn;
  root.dataset.theme = "light";
  document.dispatchEvent(new CustomEvent("mainstem:theme"));
  const late = performance.now() + 5000;
  while (charts.some((chart) => !("drawn" in chart.dataset)) && performance.now() < late) {
    await new Promise((done) => requestAnimationFrame(done));
  }
  for (const time of document.querySelectorAll("[data-printed]")) time.textContent = new Date().toLocaleString();
  window.print();
  if (before === undefined) delete root.dataset.theme;
  else root.dataset.theme = before;
  document.dispatchEvent(new CustomEvent("mainstem:theme"));
}

function alone(element) {
  if (document.fullscreenElement) document.exitFullscreen();
  else element.requestFullscreen();
}

// The clock: counts while somebody looks, stands while nobody does or while it is paused.
let left = null;
let isPaused = false;

function tick() {
  const seconds = Number(dashboard()?.dataset.refresh ?? 0);
  if (!seconds) return;
  left ??= seconds;
  if (!document.hidden && !isPaused) left -= 1;
  if (left <= 0) {
    left = seconds;
    refresh();
  }
  const clock = document.querySelector("[data-countdown]");
  if (clock === null) return;
  clock.textContent = isPaused ? "paused" : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  clock.parentElement.setAttribute("aria-pressed", String(isPaused));
}

const ACTIONS = {
  refresh: () => {
    say("Asking again");
    left = null;
    refresh();
  },
  pause: () => {
    isPaused = !isPaused;
    say(isPaused ? "Asks no more by itself" : "Asks again by itself");
    tick();
  },
  print,
  alone: () => alone(dashboard()),
};

function actOnTile(button) {
  const tile = button.closest(".tile");
  button.closest("details").open = false;
  tile.querySelector(".tile-menu summary").focus();
  if (button.dataset.tileAction === "refresh") ask(tile);
  else alone(tile);
}

export function startBoard() {
  if (dashboard() === null) return;
  document.addEventListener("click", (event) => {
    const action = event.target.closest?.("[data-board]")?.dataset.board;
    if (action) ACTIONS[action]();
    const button = event.target.closest?.("[data-tile-action]");
    if (button) actOnTile(button);
  });
  // The browser's own way to print does not wait for charts to be drawn in the colours of paper.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    print();
  });
  document.addEventListener("htmx:beforeSwap", keepTiles);
  document.addEventListener("htmx:beforeSwap", noteFocus);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "dashboard") askChanged();
    if (event.target.id !== "dashboard") giveFocusBack(event.target);
    else if (lastIn && document.getElementById(lastIn.id)?.getAttribute("aria-busy") === "false") giveFocusBack(document.getElementById(lastIn.id));
  });
  setInterval(tick, 1000);
  tick();
}
