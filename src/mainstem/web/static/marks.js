// From a mark of a chart, or a row of a table: filter the other tiles by it, or open the menu of where it leads.
// What was picked stands in the page's address, so the page that comes back is the same for everybody.

import { say } from "./announce.js";

const board = () => document.getElementById("dashboard");
const menu = () => document.getElementById("mark-menu");

let opener = null;

// Go to another state of this dashboard: tiles whose address stays are kept as they are (board.js).
export function goTo(address) {
  const source = document.querySelector("[data-board-go]");
  window.htmx.ajax("GET", address, { source, target: "#dashboard", select: "#dashboard", swap: "outerHTML show:none" });
}

// `found` is view.field → expression. A click picks just this, or nothing where it was picked alone; with Ctrl
// it is added to what was picked in the tile, or taken out of it.
function pick(tile, found, adds) {
  const here = new URL(location.href);
  const given = here.searchParams;
  const fields = Object.keys(found);
  const owned = [...given.entries()].filter(([name, value]) => name.startsWith("cross_by[") && value === tile.dataset.tile).map(([name]) => name.slice("cross_by[".length, -1));
  const had = (field) => (given.get(`cross_by[${field}]`) === tile.dataset.tile ? given.getAll(`cross[${field}]`) : []);
  const isPicked = fields.every((field) => had(field).includes(found[field]));
  const isAlone = isPicked && fields.every((field) => had(field).length === 1) && owned.length === fields.length;
  const wanted = new Map();
  if (adds) {
    for (const field of owned) wanted.set(field, had(field));
    for (const field of fields) {
      const others = had(field).filter((value) => value !== found[field]);
      wanted.set(field, isPicked ? others : [...others, found[field]]);
    }
  } else if (!isAlone) {
    for (const field of fields) wanted.set(field, [found[field]]);
  }
  for (const field of [...owned, ...fields]) {
    given.delete(`cross[${field}]`);
    given.delete(`cross_by[${field}]`);
  }
  for (const [field, values] of wanted) {
    for (const value of values) given.append(`cross[${field}]`, value);
    if (values.length > 0) given.append(`cross_by[${field}]`, tile.dataset.tile);
  }
  say(isAlone || (adds && isPicked) ? "No longer filtered on this" : "Filtering the other tiles");
  goTo(`${here.pathname}${here.search}`);
}

// What a mark of a chart stands for; null for one that gathers several rows.
function foundBy(tile, label, series) {
  const picks = JSON.parse(tile.dataset.picks ?? "{}");
  const down = picks.labels?.[label] ?? (Object.keys(picks.labels ?? {}).length === 0 ? {} : null);
  if (down === null) return null;
  const found = { ...down, ...(picks.series?.[series] ?? {}) };
  return Object.keys(found).length > 0 ? found : null;
}

async function openMenu(tile, label, series, near, from, isHeld = false) {
  const address = new URL(tile.dataset.markUrl, location.href);
  address.searchParams.set("mark", label);
  if (series) address.searchParams.set("series", series);
  opener = from;
  const box = menu();
  box.textContent = "…";
  // Within the tile's own sheet or full screen it would else lie beneath it.
  (document.fullscreenElement ?? document.querySelector("main")).append(box);
  if (isHeld) stayUntilLifted(box);
  box.showPopover();
  place(box, near);
  try {
    const answer = await fetch(address, { headers: { "hx-request": "true" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    box.replaceChildren(...page.body.childNodes);
  } catch {
    box.textContent = "The server cannot be reached.";
  }
  place(box, near);
  box.querySelector("a")?.focus();
}

// A popover goes when a pointer is lifted beside it, and the finger that opened this one is still down. Its pointer may
// be called off while it stays, when the browser sees a long press in it; its touch ends when it is lifted.
const LIFTED = ["touchend", "touchcancel"];

function stayUntilLifted(box) {
  box.popover = "manual";
  const lifted = (event) => {
    if (event.cancelable) event.preventDefault(); // or a click follows, beside the menu, which would close it
    for (const end of LIFTED) document.removeEventListener(end, lifted, true);
    setTimeout(() => {
      const isOpen = box.matches(":popover-open");
      box.popover = "auto";
      if (isOpen) box.showPopover();
    });
  };
  for (const end of LIFTED) document.addEventListener(end, lifted, { capture: true, passive: false });
}

function place(box, { x, y }) {
  const { width, height } = box.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(y + 6, innerHeight - height - 8))}px`;
}

function under(element) {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom };
}

function atMark(event) {
  const { label, adds, leads, held, x, y } = event.detail;
  const series = event.target.closest("[data-pane]")?.dataset.pane ?? event.detail.series;
  const tile = event.target.closest("[data-mark-url]");
  if (tile === null) return;
  const found = board()?.hasAttribute("data-crosses") && !leads ? foundBy(tile, label, series) : null;
  if (found) pick(tile, found, adds);
  else openMenu(tile, label, series, { x, y }, null, held);
}

function atClick(event) {
  const picked = event.target.closest?.("[data-pick-field]");
  const row = event.target.closest?.("[data-mark]");
  const link = event.target.closest?.("a[data-board-link]");
  if (picked) {
    const tile = picked.closest("[data-tile]");
    pick(tile, { [picked.dataset.pickField]: picked.dataset.pickValue }, event.ctrlKey || event.metaKey);
  } else if (row) {
    openMenu(row.closest("[data-mark-url]"), row.dataset.mark, "", under(row), row);
  } else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    menu().hidePopover();
    goTo(link.getAttribute("href"));
  }
}

// What was picked stays when a filter of the dashboard is chosen.
function keepPicked(event) {
  const link = event.target.closest?.("a[href]");
  if (!link?.closest(".filters") || event.detail.path.includes("cross")) return;
  const address = new URL(event.detail.path, location.href);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (name.startsWith("cross[") || name.startsWith("cross_by[")) address.searchParams.append(name, value);
  }
  event.detail.path = `${address.pathname}${address.search}`;
}

// Arrow keys within the menu, as in other menus.
function atKey(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const links = [...(menu()?.querySelectorAll("a") ?? [])];
  const at = links.indexOf(document.activeElement);
  if (step === undefined || at < 0) return;
  event.preventDefault();
  links[(at + step + links.length) % links.length].focus();
}

export function startMarks() {
  if (menu() === null) return;
  document.addEventListener("mainstem:mark", atMark);
  document.addEventListener("htmx:configRequest", keepPicked);
  document.addEventListener("click", atClick);
  menu().addEventListener("keydown", atKey);
  menu().addEventListener("toggle", (event) => {
    if (event.newState === "closed" && opener?.isConnected) opener.focus();
  });
}
