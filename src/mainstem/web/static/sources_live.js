// Events as they arrive: what is new is asked for with a cursor and put on top. The server reads a bounded
// piece each time, and the page keeps a bounded number of rows. It stands still while paused or not seen.

import { say } from "./announce.js";

const EVERY = 1000;
const AFTER_FAILURE = 5000;
const MOST_ROWS = 300;

class Feed {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector(".events");
    this.cursor = root.querySelector("[data-live-piece]").dataset.cursor;
    this.toggle = document.querySelector("[data-live-toggle]");
    this.state = document.querySelector("[data-live-state]");
    this.field = document.querySelector("[data-live-paused]");
    this.timer = 0;
    this.unsaid = 0;
    this.skipped = 0;
  }

  get paused() {
    return this.toggle.getAttribute("aria-pressed") === "true";
  }

  start() {
    this.toggle.hidden = false;
    this.toggle.addEventListener("click", () => this.pause(!this.paused));
    const clear = document.querySelector("[data-live-clear]");
    clear.hidden = false;
    clear.addEventListener("click", () => this.clear());
    document.addEventListener("visibilitychange", () => this.go());
    addEventListener("pageshow", (event) => event.persisted && this.go());
    this.show();
    this.go();
    setInterval(() => this.tell(), 10_000);
  }

  pause(isPaused) {
    this.toggle.setAttribute("aria-pressed", String(isPaused));
    const address = new URL(location.href);
    if (isPaused) address.searchParams.set("paused", "yes");
    else address.searchParams.delete("paused");
    history.replaceState(history.state, "", address);
    this.show();
    this.go();
  }

  show(text) {
    this.field.disabled = !this.paused;
    this.toggle.querySelector("span").textContent = this.paused ? "Resume" : "Pause";
    const passed = this.skipped > 0 ? `, ${Math.ceil(this.skipped / 1024).toLocaleString("en")} KiB passed over` : "";
    this.state.textContent = (text ?? (this.paused ? "Paused" : "Live")) + passed;
  }

  // Ask again after a while; a page that nobody sees asks nothing.
  go(wait = 0) {
    clearTimeout(this.timer);
    if (!this.paused && document.visibilityState === "visible") this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    try {
      const address = new URL(this.root.dataset.live, location.href);
      address.searchParams.set("after", this.cursor);
      const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Current-URL": location.href } });
      if (answer.status === 401 || answer.status === 403 || answer.status === 404) return location.reload();
      if (!answer.ok) throw new Error(answer.statusText);
      const piece = document.createElement("template");
      piece.innerHTML = await answer.text();
      if (this.paused) return; // paused meanwhile: it is asked for again from the same place
      this.add(piece.content.querySelector("[data-live-piece]"));
      this.go(EVERY);
    } catch {
      this.show("No answer, trying again");
      this.go(AFTER_FAILURE);
    }
  }

  add(piece) {
    this.cursor = piece.dataset.cursor;
    this.skipped += Number(piece.dataset.skipped);
    for (const part of ["[data-live-figures]", "[data-live-problem]"]) {
      const [old, fresh] = [this.root.querySelector(part), piece.querySelector(part)];
      if (old.innerHTML !== fresh.innerHTML) old.replaceWith(fresh);
    }
    const rows = [...piece.querySelectorAll(".event")].filter((row) => !this.list.querySelector(`[data-event="${CSS.escape(row.dataset.event)}"]`));
    for (const row of rows) {
      row.classList.add("event-new");
      for (const button of row.querySelectorAll("[data-copy]")) button.hidden = false;
    }
    this.list.prepend(...rows);
    while (this.list.childElementCount > MOST_ROWS) this.list.lastElementChild.remove();
    if (rows.length > 0) this.root.querySelector("[data-live-empty]").hidden = true;
    this.unsaid += rows.length;
    this.show();
  }

  clear() {
    this.list.replaceChildren();
    this.skipped = 0;
    this.root.querySelector("[data-live-empty]").hidden = false;
    this.show();
    this.toggle.focus();
  }

  // Said now and then, not for each: who listens wants to hear other things, too.
  tell() {
    if (this.unsaid > 0) say(this.unsaid === 1 ? "1 new event" : `${this.unsaid} new events`);
    this.unsaid = 0;
  }
}

export function startLiveEvents() {
  const root = document.querySelector("[data-live]");
  if (root !== null) new Feed(root).start();
}
