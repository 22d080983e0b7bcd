// The list of fields: find one, move by keys, do what can be done with it, and read about it.

const within = (selector) => document.querySelector(`#ask ${selector}`);
const seen = (one) => one.offsetParent !== null;
const names = () => [...document.querySelectorAll("#picker .pick-name")].filter(seen);

let onlyUsed = false;

// The better, the nearer the words are to the label; 0 where one of them is nowhere.
function score(pick, wanted) {
  const label = pick.dataset.label.toLowerCase();
  const name = pick.dataset.name.toLowerCase();
  let sum = 0;
  for (const word of wanted) {
    if (label === word) sum += 100;
    else if (label.startsWith(word)) sum += 80;
    else if (label.includes(` ${word}`)) sum += 60;
    else if (label.includes(word)) sum += 40;
    else if (name.includes(word)) sum += 30;
    else if (pick.dataset.words.includes(word)) sum += 10;
    else return 0;
  }
  if (label === wanted.join(" ")) sum += 200;
  return sum + ("starred" in pick.dataset ? 15 : 0) + ("used" in pick.dataset ? 5 : 0);
}

function found(wanted) {
  const once = new Map();
  for (const pick of document.querySelectorAll("#picker .picker-heading .pick")) {
    if (onlyUsed && !("used" in pick.dataset)) continue;
    const reached = wanted.length ? score(pick, wanted) : 1;
    if (reached && !once.has(pick.dataset.name)) once.set(pick.dataset.name, [reached, pick]);
  }
  return [...once.values()].sort(([one], [other]) => other - one).map(([, pick]) => pick);
}

function copyOf(pick) {
  const copy = pick.cloneNode(true);
  for (const one of copy.querySelectorAll("[id]")) one.removeAttribute("id");
  const under = document.createElement("span");
  under.className = "pick-under";
  under.textContent = pick.dataset.under;
  copy.querySelector(".pick-name").append(under);
  return copy;
}

export function find(words) {
  const results = within("[data-picker-results]");
  if (!results) return;
  const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const searching = wanted.length > 0 || onlyUsed;
  const picks = searching ? found(wanted) : [];
  if (searching && !seen(document.getElementById("picker-list"))) open(true);
  results.hidden = !searching;
  results.replaceChildren(...picks.slice(0, 100).map(copyOf));
  window.htmx?.process(results);
  for (const heading of document.querySelectorAll("#picker .picker-heading")) heading.classList.toggle("picker-aside", searching);
  within("[data-picker-found]").textContent = searching ? `${picks.length} fields` : "";
  if (searching && picks.length === 0) {
    const none = document.createElement("li");
    none.className = "picker-none";
    none.textContent = onlyUsed && !wanted.length ? "No field is in use yet." : "No field is called so.";
    results.append(none);
  }
}

function move(event) {
  const every = names();
  const at = every.indexOf(document.activeElement.closest(".pick")?.querySelector(".pick-name"));
  if (event.key === "ArrowDown") every[Math.min(at + 1, every.length - 1)]?.focus();
  else if (event.key === "Home") every[0]?.focus();
  else if (event.key === "End") every.at(-1)?.focus();
  else if (at <= 0) within("[data-picker-search]").focus();
  else every[at - 1].focus();
  event.preventDefault();
}

// Letters on a field do what its small buttons do; others go on with the search.
const LETTERS = { p: "pivot", f: "filter", s: "star", i: "about", e: "edit", Delete: "drop" };

function letter(event) {
  const pick = event.target.closest(".pick");
  if (!pick || event.ctrlKey || event.metaKey || event.altKey) return;
  const tool = LETTERS[event.key] && pick.querySelector(`[data-tool=${LETTERS[event.key]}]`);
  if (tool) {
    event.preventDefault();
    tool.click();
  } else if (/^[\p{L}\p{N}]$/u.test(event.key)) {
    const search = within("[data-picker-search]");
    search.focus();
    search.value += event.key;
    find(search.value);
    event.preventDefault();
  }
}

async function tell(link) {
  const panel = document.getElementById("pick-about");
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
  if (!answer.ok) {
    location.assign(link.href);
    return;
  }
  panel.innerHTML = await answer.text();
  const pick = link.closest(".pick").getBoundingClientRect();
  panel.style.top = `${Math.max(8, Math.min(pick.top, innerHeight - 320))}px`;
  panel.style.left = `${Math.max(8, Math.min(pick.right + 8, innerWidth - 360))}px`;
  panel.showPopover();
  panel.querySelector("a").focus();
}

function open(isOpen) {
  const picker = document.getElementById("picker");
  picker.classList.toggle("picker-opened", isOpen);
  picker.classList.toggle("picker-closed", !isOpen);
  within("[data-picker-toggle]").setAttribute("aria-expanded", String(isOpen));
}

const state = { opened: null };

export function rememberPicker() {
  const picker = document.getElementById("picker");
  if (picker) state.opened = picker.matches(".picker-opened") ? true : picker.matches(".picker-closed") ? false : null;
  state.words = within("[data-picker-search]")?.value ?? "";
}

export function recallPicker() {
  if (!document.getElementById("picker")) return;
  if (state.opened !== null && state.opened !== undefined) open(state.opened);
  const search = within("[data-picker-search]");
  if (state.words) search.value = state.words;
  within("[data-picker-used]").setAttribute("aria-pressed", String(onlyUsed));
  if (state.words || onlyUsed) find(search.value);
}

function press(target) {
  const toggle = target.closest?.("[data-picker-toggle]");
  if (toggle) {
    open(!seen(document.getElementById("picker-list")));
    return true;
  }
  const used = target.closest?.("[data-picker-used]");
  if (used) {
    onlyUsed = !onlyUsed;
    used.setAttribute("aria-pressed", String(onlyUsed));
    find(within("[data-picker-search]").value);
    return true;
  }
  return false;
}

export function startPicker() {
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-picker-search]")) find(event.target.value);
  });
  document.addEventListener("click", (event) => {
    const about = event.target.closest?.("[data-about]");
    if (press(event.target)) event.preventDefault();
    else if (about && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      tell(about);
    }
    const star = event.target.closest?.("[data-star]");
    if (!star) return;
    const isOn = star.getAttribute("aria-pressed") !== "true";
    for (const one of document.querySelectorAll(`#picker [data-star="${CSS.escape(star.dataset.star)}"]`)) {
      one.setAttribute("aria-pressed", String(isOn));
      one.closest(".pick").toggleAttribute("data-starred", isOn);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.closest?.("[data-picker]") || event.target.closest("#pick-about")) return;
    if (["ArrowDown", "ArrowUp"].includes(event.key)) move(event);
    else if (["Home", "End"].includes(event.key) && event.target.closest(".pick")) move(event);
    else if (event.target.matches("[data-picker-search]")) {
      if (event.key === "Escape" && event.target.value) {
        event.target.value = "";
        find("");
        event.preventDefault();
      }
      if (event.key !== "Enter") return;
      const best = document.querySelector("#picker [data-picker-results] button.pick-name");
      if (best) best.click();
      event.preventDefault();
    } else letter(event);
  });
}
