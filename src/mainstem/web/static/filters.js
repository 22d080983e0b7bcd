// Filters: values found while one types, chips, sliders; and a dashboard that follows what is chosen. The controls
// draw themselves anew by htmx; without this script they are a form with a button.

import { say } from "./announce.js";

const widgetOf = (element) => element.closest?.("[data-filter-widget]");
const changed = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));

// Combobox: a field, and a list that it rules (ARIA APG, "editable combobox with list autocomplete").
let open = null; // { input, list, status, at, asked: the words that the list answers }
let asking = 0;

function dress(input) {
  if (input.getAttribute("role") === "combobox") return;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
}

function dressAll(root) {
  for (const input of root.querySelectorAll?.("[data-combo] > input") ?? []) dress(input);
}

let later = 0;
const options = () => (open ? [...open.list.querySelectorAll("[role=option]")] : []);

function build(input) {
  const panel = document.createElement("div");
  panel.className = "combo-panel";
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label"));
  if (input.parentElement.dataset.many === "yes") list.setAttribute("aria-multiselectable", "true");
  const status = document.createElement("p");
  status.className = "combo-about";
  status.setAttribute("role", "status");
  panel.append(list, status);
  input.after(panel);
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", list.id);
  return { input, list, panel, status, at: -1 };
}

function close() {
  if (open === null) return;
  open.panel.remove();
  open.input.setAttribute("aria-expanded", "false");
  open.input.removeAttribute("aria-activedescendant");
  open.input.removeAttribute("aria-controls");
  open = null;
  asking += 1;
}

const chosen = (input) =>
  [...input.closest(".fw-values").querySelectorAll("[data-chip]")].filter((chip) => chip.checked);

function mark() {
  const values = new Set(chosen(open.input).map((chip) => chip.value));
  options().forEach((option, number) => {
    option.id = `${open.input.id}-option-${number}`;
    option.setAttribute("aria-selected", String(values.has(option.dataset.value)));
  });
}

async function ask(input) {
  clearTimeout(later);
  const url = new URL(input.parentElement.dataset.combo, location.href);
  if (input.value.trim()) url.searchParams.set("q", input.value.trim());
  if (open?.input !== input) {
    close();
    open = build(input);
    open.status.textContent = "Looking for values …";
  }
  const turn = ++asking;
  let text = "";
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" } });
    text = await answer.text();
  } catch {
    text = "<li data-about>The server cannot be reached.</li>";
  }
  if (turn !== asking || open?.input !== input) return;
  const held = document.createElement("template");
  held.innerHTML = text;
  const about = held.content.querySelector("[data-about]");
  open.status.textContent = about?.textContent ?? "";
  about?.remove();
  open.asked = new URLSearchParams(url.search).get("q") ?? "";
  open.list.replaceChildren(...held.content.querySelectorAll("[role=option]"));
  open.at = -1;
  open.input.removeAttribute("aria-activedescendant");
  mark();
}

function askSoon(input) {
  clearTimeout(later);
  if (open?.input === input) {
    open.at = -1;
    open.input.removeAttribute("aria-activedescendant");
    for (const option of options()) option.classList.remove("combo-at");
  }
  later = setTimeout(() => ask(input), 150);
}

function move(to) {
  const all = options();
  if (all.length === 0) return;
  open.at = (to + all.length) % all.length;
  all.forEach((option, number) => option.classList.toggle("combo-at", number === open.at));
  open.input.setAttribute("aria-activedescendant", all[open.at].id);
  all[open.at].scrollIntoView({ block: "nearest" });
}

function addChip(input, value) {
  const chip = document.createElement("input");
  Object.assign(chip, { type: "checkbox", name: input.name.replace(/\.add$/, ".v"), value, checked: true });
  chip.hidden = true;
  chip.dataset.chip = "";
  input.parentElement.before(chip);
}

function take(option) {
  const { input } = open;
  const { value, expression } = option.dataset;
  close();
  input.value = "";
  if (expression === "NULL") {
    const field = widgetOf(input).querySelector("[aria-describedby$='-said']");
    field.value = [field.value.trim(), "NULL"].filter(Boolean).join(",");
    changed(field);
    return;
  }
  const same = chosen(input).filter((chip) => chip.value === value);
  if (input.parentElement.dataset.many !== "yes") for (const chip of chosen(input)) chip.checked = false;
  if (same.length > 0) for (const chip of same) chip.checked = false;
  else addChip(input, value);
  say(same.length > 0 ? `${value} taken away` : `${value} chosen`);
  changed(input);
}

let moving = null; // to the list that is asked for, and not here yet

function arrive(input, to) {
  const mine = ask(input).then(() => {
    if (moving === mine) moving = null;
    if (open?.input === input && open.asked === input.value.trim()) move(to);
  });
  moving = mine;
}

function comboKeys(event) {
  const input = event.target;
  const is = open?.input === input;
  switch (event.key) {
    case "ArrowDown":
    case "ArrowUp":
      event.preventDefault();
      // A list that answers fewer letters than were typed is waited for, so that nobody takes what they did not mean.
      if (!is || open.asked !== input.value.trim()) arrive(input, event.key === "ArrowDown" ? 0 : -1);
      else move(open.at + (event.key === "ArrowDown" ? 1 : open.at < 0 ? 0 : -1));
      break;
    case "Home":
    case "End":
      if (is && open.at >= 0) open.at = -1;
      break;
    case "Enter":
      if (moving) {
        event.preventDefault(); // whoever went to the list before it came takes what they will find there
        moving.then(() => open?.input === input && open.at >= 0 && take(options()[open.at]));
      } else if (is && open.at >= 0 && open.asked === input.value.trim()) {
        event.preventDefault();
        take(options()[open.at]);
      } else if (input.value.trim()) {
        event.preventDefault(); // the first Enter takes the value, the next one asks
        close();
        if (input.parentElement.dataset.many !== "yes") for (const chip of chosen(input)) chip.checked = false;
        changed(input);
      }
      break;
    case "Escape":
      if (is) {
        event.preventDefault();
        event.stopPropagation();
        close();
      }
      break;
    case "Backspace":
      if (input.value === "") chosen(input).at(-1)?.focus();
      break;
    case "Tab":
      close();
      break;
  }
}

// An operator that is found by typing its name is chosen once the typing ends: a control that came back meanwhile
// would swallow the rest of the word.
const TYPING = 700;
let typedAt = 0;
let held = null; // { select, timer }
let left = null; // { from, to }: the operator that was left, and the field that it was left for

function hold(select) {
  clearTimeout(held?.timer);
  held = { select, timer: setTimeout(release, TYPING) };
}

function release() {
  const { select, timer } = held;
  clearTimeout(timer);
  held = null;
  if (!select.isConnected) return;
  const widget = widgetOf(select);
  if (isUnheard(widget)) coming.get(widget.id).late = true;
  else window.htmx.trigger(widget, "filters:now");
}

const operatorOf = (element) => (element.matches?.("[data-filter-widget] select") ? element : null);

// What is typed while a control is on its way is put back into it, as soon as it is there: the next key may come before
// it has settled. What listens to it is there only then.
const FIELDS = "input:not([type=hidden], [type=checkbox], [type=radio]), select";
const sentWith = new WeakMap();
const lateIn = new WeakSet();
// By its id, what is to be done with a control once its next is there and has settled: { typed, focus, late: something
// was changed after it was asked for, unheard: it is there, and nothing listens yet }. Several may come at a time.
const coming = new Map();
const isUnheard = (widget) => coming.get(widget?.id)?.unheard === widget;

const valuesOf = (widget) => new Map([...widget.querySelectorAll(FIELDS)].map((field) => [field.id, field.value]));

function typedSince(widget) {
  const sent = sentWith.get(widget);
  if (!sent) return [];
  return [...valuesOf(widget)].filter(([id, value]) => id && sent.has(id) && sent.get(id) !== value);
}

function putBack(values) {
  for (const [id, value] of values) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
}

// A browser tells of no change in a field that it was not typed into: this one is told when it is left.
const untold = new WeakSet();

function tellOf(values) {
  for (const [id] of values) {
    const field = document.getElementById(id);
    if (field && field === document.activeElement) untold.add(field);
    else if (field) changed(field);
  }
}

// A control comes back in place of itself: the focus stays where it was, or goes to the next field to fill in.
function remember(event) {
  const widget = event.detail.target;
  const at = document.activeElement;
  if (!widget.matches?.("[data-filter-widget]")) return;
  const after = left && left.to === at ? left.from : ""; // whoever has gone on to a third field is not called back
  left = null;
  const late = lateIn.has(widget) || (isUnheard(widget) && coming.get(widget.id).late);
  const here = { typed: typedSince(widget), late, focus: null, unheard: null };
  coming.set(widget.id, here);
  if (!widget.contains(at)) return;
  here.focus = { id: at.id, chip: "chip" in at.dataset, more: at.matches(".fw-more"), after };
  close();
}

function refocus(widget, focus) {
  if (focus === null) return;
  const { id, chip, more, after } = focus;
  const at = document.activeElement;
  if (at !== document.body && at.id !== id) return; // whoever has gone on since is not called back
  if (after) {
    const row = document.getElementById(after)?.closest(".fw-row");
    const fields = [...(row?.querySelectorAll("select, input:not([type=hidden])") ?? [])];
    const next = fields[fields.findIndex((field) => field.id === after) + 1];
    if (next) return next.focus();
  }
  const rows = widget.querySelectorAll(".fw-row");
  const first = more ? rows[rows.length - 1]?.querySelector("select, input:not([type=hidden])") : null;
  const same = chip ? null : document.getElementById(id);
  (first ?? same ?? widget.querySelector(".combo input, .fw-row select, .fw-row input:not([type=hidden])"))?.focus();
}

// A dashboard whose filters apply at once asks again when a control has become another expression.
function follow(widget) {
  const form = widget.closest("form[data-filters]");
  if (form === null) return;
  const menu = widget.closest("details.filter");
  if (menu) {
    menu.querySelector(".filter-value").textContent = widget.dataset.summary;
    menu.classList.toggle("filter-pending", "pending" in widget.dataset);
  }
  const pending = form.querySelectorAll("[data-pending]").length;
  form.querySelector("[data-filters-run]")?.classList.toggle("filters-waiting", pending > 0);
  const ready = "pending" in widget.dataset && !("unready" in widget.dataset);
  if (ready && "atOnce" in form.dataset) form.requestSubmit();
}

// What is open stays open when the dashboard comes anew.
let kept = null;

function keep() {
  const at = document.activeElement;
  const within = at.closest?.("[data-filters]");
  kept = {
    menus: [...document.querySelectorAll("[data-filters] details[open]")].map((one) => one.id),
    focus: within ? at.id || at.closest("details")?.id : "",
    folded: document.querySelector("[data-filters-fold]")?.getAttribute("aria-expanded"),
  };
}

function restore() {
  fold(kept?.folded === undefined || kept?.folded === null ? null : kept.folded === "true");
  if (kept === null) return;
  for (const id of kept.menus) {
    const menu = document.getElementById(id);
    if (menu) menu.open = true;
  }
  const at = kept.focus && document.getElementById(kept.focus);
  if (at) (at.matches("details") ? at.querySelector("summary") : at).focus({ preventScroll: true });
  kept = null;
}

const narrow = matchMedia("(max-width: 40rem)");

function fold(shown) {
  const button = document.querySelector("[data-filters-fold]");
  if (button === null) return;
  const form = button.closest("form");
  const folds = narrow.matches || "collapsed" in form.dataset;
  form.classList.toggle("filters-folds", folds);
  button.setAttribute("aria-expanded", String(folds ? shown ?? false : true));
}

function slide(slider) {
  const field = document.getElementById(slider.dataset.slides);
  field.value = slider.value;
  const other = slider.dataset.other && document.getElementById(slider.dataset.other);
  if (other && other.value === "") other.value = slider.dataset.otherwise;
}

// Whoever opens a filter wants to say a value: the field for it is ready to type in, its values beneath. Not under a
// finger, where a keyboard would come up over what is to be read; and not from whoever has gone on to another field
// before the browser told that the filter is open.
function enter(menu) {
  if (matchMedia("(hover: none)").matches) return;
  menu.addEventListener(
    "toggle",
    () => {
      const input = menu.querySelector("[data-combo] > input");
      const at = document.activeElement;
      if (!menu.open || !input || (at !== document.body && at !== menu.querySelector("summary"))) return;
      input.focus();
      ask(input);
    },
    { once: true },
  );
}

export function startFilters() {
  fold(null);
  dressAll(document);
  document.addEventListener("htmx:load", (event) => dressAll(event.target));
  narrow.addEventListener("change", () => fold(null));
  document.addEventListener("focusin", (event) => {
    if (open && event.target !== open.input && !open.panel.contains(event.target)) close();
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-combo] > input")) askSoon(event.target);
    if (event.target.matches?.("[data-slides]")) slide(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.("[data-combo] > input")) comboKeys(event);
    else if (event.target.matches?.("[data-chip]") && ["Delete", "Backspace", "Enter"].includes(event.key)) {
      event.preventDefault();
      event.target.click();
    }
  }, true);
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.(".combo-panel [role=option]");
    if (option) {
      event.preventDefault(); // the field keeps the focus
      take(option);
    } else if (event.target.closest?.(".combo-panel")) event.preventDefault();
    else if (event.target.matches?.("[data-combo] > input")) {
      if (open?.input !== event.target) ask(event.target);
    } else close();
  });
  document.addEventListener("click", (event) => {
    const summary = event.target.closest?.("[data-filters] details.filter > summary");
    if (summary && !summary.parentElement.open) enter(summary.parentElement);
    const button = event.target.closest?.("[data-filters-fold]");
    if (button) button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
  });
  document.addEventListener(
    "change",
    (event) => {
      const select = operatorOf(event.target);
      if (select === null || performance.now() - typedAt > TYPING) {
        const widget = widgetOf(event.target);
        if (widget && sentWith.has(widget)) lateIn.add(widget);
        if (isUnheard(widget)) coming.get(widget.id).late = true;
        return;
      }
      event.stopImmediatePropagation();
      hold(select);
    },
    true,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      if (operatorOf(event.target) === null || event.key.length > 1) return;
      typedAt = performance.now();
      if (held) hold(held.select);
    },
    true,
  );
  document.addEventListener("focusout", (event) => {
    if (untold.delete(event.target)) changed(event.target);
    if (held?.select !== event.target) return;
    left = { from: event.target.id, to: event.relatedTarget };
    release();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const widget = event.detail.target;
    if (!widget.matches?.("[data-filter-widget]")) return;
    sentWith.set(widget, valuesOf(widget));
    lateIn.delete(widget);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "dashboard" || event.detail.target.id === "ask") keep();
    else remember(event);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const element = event.detail.elt;
    const here = element.matches?.("[data-filter-widget]") && coming.get(element.id);
    if (!here) return;
    putBack(here.typed);
    here.unheard = element;
    if (held && !held.select.isConnected) held.select = document.getElementById(held.select.id) ?? held.select;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const element = event.detail.elt;
    if (element.id === "dashboard" || element.id === "ask") restore();
    else if (element.matches?.("[data-filter-widget]") && element.isConnected) {
      const here = coming.get(element.id) ?? { typed: [], focus: null, late: false };
      coming.delete(element.id);
      refocus(element, here.focus);
      tellOf(here.typed);
      if (here.late) window.htmx.trigger(element, "filters:now");
      else follow(element);
    }
  });
}
