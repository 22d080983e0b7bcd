// The search box as a combobox: what is found opens beneath it, arrow keys go through it, Enter opens it,
// Escape closes it. `/` and Ctrl-K go to the box. The finding itself is the server's, asked by htmx.

import { say } from "./announce.js";

let box = null;
let list = null;

const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
const chosen = () => list.querySelector("[aria-selected=true]");

function open(isOpen) {
  list.hidden = !isOpen;
  box.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) choose(null);
}

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option === null) box.removeAttribute("aria-activedescendant");
  else {
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
}

function step(by) {
  const all = options();
  if (all.length === 0) return;
  const at = all.indexOf(chosen());
  choose(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
}

function keyed(event) {
  if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    event.stopPropagation();
    open(false);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden && list.childElementCount > 0) open(true);
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && chosen()) {
    event.preventDefault();
    chosen().click();
  }
}

function arrived() {
  const count = options().length;
  open(list.childElementCount > 0 && document.activeElement === box);
  if (!list.hidden) say(count === 0 ? "Nothing found" : `${count} found`);
}

function isTyping(element) {
  return element.closest("input, textarea, select, [contenteditable]") !== null;
}

function shortcut(event) {
  const asked = (event.key === "/" && !isTyping(event.target)) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey));
  if (!asked || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  box.focus();
  box.select();
}

export function startSearch() {
  box = document.getElementById("search-box");
  if (box === null) return;
  list = document.getElementById("search-found");
  box.addEventListener("keydown", keyed);
  box.addEventListener("focus", () => open(list.childElementCount > 0));
  box.form.addEventListener("focusout", (event) => {
    if (!box.form.contains(event.relatedTarget)) open(false);
  });
  // Keep the focus in the box while a choice is clicked, so that the list stays until the click is done.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("htmx:afterSwap", arrived);
  document.addEventListener("keydown", shortcut);
}
