// An explore in the browser: what stays while the page's content is exchanged, how long a question runs, how to
// end it. Everything else is a button of the form, and works without this.

import { say } from "./announce.js";
import { startExpressions } from "./expression.js";
import { recallPicker, rememberPicker, startPicker } from "./picker.js";
import { startPresses } from "./presses.js";

const within = (selector) => document.querySelector(`#ask ${selector}`);

function press(command) {
  const button = document.createElement("button");
  button.name = "do";
  button.value = command;
  button.hidden = true;
  document.getElementById("ask-form").append(button);
  button.click(); // htmx takes the button that was clicked last, not the one that a submit names
}

// What is open, how far one has scrolled and where one is outlives the exchange; the last answer stays, in grey,
// until the next is there.
const opened = new Map();
let kept = null;

function remember() {
  const active = document.activeElement;
  kept = {
    scroll: within("[data-keep-scroll]")?.scrollTop ?? 0,
    focus: active?.closest?.("#ask") ? (active.id || active.closest("[id]").id) : "",
    answer: within("#answer:not([aria-busy=true])") ?? within("#answer .answer-before"),
  };
  rememberPicker();
}

function reopen(root) {
  for (const one of root.querySelectorAll("[data-keep]")) if (opened.has(one.id)) one.open = opened.get(one.id);
}

function refocus() {
  if (!kept?.focus || (document.activeElement && document.activeElement !== document.body)) return;
  const one = document.getElementById(kept.focus);
  const target = one?.matches("details") ? one.querySelector("summary") : one;
  target?.focus({ preventScroll: true });
}

function recall() {
  if (kept === null) return;
  reopen(document.getElementById("ask"));
  recallPicker();
  const list = within("[data-keep-scroll]");
  if (list) list.scrollTop = kept.scroll;
  const answer = within("#answer[aria-busy=true]");
  if (answer && kept.answer) {
    const before = document.createElement("div");
    before.className = "answer-before";
    before.inert = true;
    before.append(...kept.answer.childNodes);
    for (const one of before.querySelectorAll("[id]")) one.removeAttribute("id");
    for (const one of before.querySelectorAll("[name]")) one.removeAttribute("name");
    answer.querySelector(".waiting")?.remove();
    answer.append(before);
  }
  refocus();
}

function count() {
  const answer = within("#answer[aria-busy=true]");
  const clock = within("[data-elapsed]");
  if (!clock) return;
  if (!answer) {
    clock.textContent = "";
    return;
  }
  answer.dataset.since ??= String(performance.now());
  const seconds = (performance.now() - Number(answer.dataset.since)) / 1000;
  clock.textContent = seconds < 1 ? "" : `${seconds.toFixed(0)} s`;
}

function startSharing() {
  const show = () => within("[data-share]")?.removeAttribute("hidden");
  document.addEventListener("htmx:load", show);
  show();
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-share]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(location.href);
      say("The link was copied");
      button.querySelector("span").textContent = "Copied";
    } catch {
      button.querySelector("span").textContent = "Copy it from the address bar";
    }
  });
}

function startCancelling() {
  // The answer takes the place of what asked for it, so it is looked at anew each time.
  const look = () => {
    const button = within("[data-cancel]");
    if (button) button.hidden = within("#answer")?.getAttribute("aria-busy") !== "true";
    count();
  };
  setInterval(count, 500);
  for (const name of ["beforeRequest", "afterRequest", "afterSettle"]) {
    document.addEventListener(`htmx:${name}`, look);
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-cancel]")) return;
    const answer = within("#answer");
    window.htmx.trigger(answer, "htmx:abort");
    answer.setAttribute("aria-busy", "false");
    event.target.closest("[data-cancel]").hidden = true;
    answer.innerHTML = '<div class="tile-state"><strong>Cancelled</strong><p>Run asks again.</p></div>';
    say("The question was cancelled");
  });
}

export function startExplore() {
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-look]")) press(`show:${event.target.value}`);
    else if (event.target.matches?.("[data-colour-of]")) {
      document.getElementById(event.target.dataset.colourOf).value = event.target.value;
      press("look:");
    } else if (event.target.closest?.("[data-settings]")) press("look:");
    else if (event.target.closest?.("#ask-settings")) press("run:");
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("#ask [data-keep]")) opened.set(event.target.id, event.target.open);
  }, true);
  // With Shift, a head sorts after what the answer is sorted by already.
  document.addEventListener("click", (event) => {
    const head = event.target.closest?.(".head-sort");
    if (head && event.shiftKey) head.value = head.value.replace(/^sort:/, "then:");
  }, true);
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id === "ask") remember();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "ask") recall();
    if (event.target.id === "answer") {
      reopen(event.target);
      refocus();
    }
  });
  startPresses(press);
  startPicker();
  startExpressions();
  startCancelling();
  startSharing();
}
