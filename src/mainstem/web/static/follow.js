// Pages that show what goes on without being loaded again. Within `data-follow` (milliseconds) the page is asked
// for anew, and each `data-piece` of it that has changed takes the place of the old one: what is focused, open
// or scrolled stays so. A page that nobody sees asks nothing, and one in which nothing changed costs a 304.

import { showClocks } from "./clock.js";
import { showFreshness } from "./freshness.js";

const AFTER_FAILURE = 5000;

class Followed {
  constructor(root) {
    this.every = Number(root.dataset.follow);
    this.tag = "";
    this.known = new Map();
    this.timer = 0;
  }

  start() {
    document.addEventListener("visibilitychange", () => this.go(0));
    addEventListener("pageshow", (event) => event.persisted && this.go(0));
    this.go(this.every);
  }

  go(wait) {
    clearTimeout(this.timer);
    if (document.visibilityState === "visible") this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    try {
      const address = location.href.split("#")[0];
      const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
      if (this.tag) headers["If-None-Match"] = this.tag;
      const answer = await fetch(address, { headers, cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) return location.reload();
      if (answer.ok) {
        this.tag = answer.headers.get("etag") ?? "";
        this.take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } else if (answer.status !== 304) throw new Error(answer.statusText);
      this.go(this.every);
    } catch {
      this.go(AFTER_FAILURE);
    }
  }

  take(fresh) {
    for (const old of document.querySelectorAll("[data-piece]")) {
      const name = old.dataset.piece;
      const found = fresh.querySelector(`[data-piece="${CSS.escape(name)}"]`);
      if (found === null || this.known.get(name) === found.innerHTML) continue;
      this.known.set(name, found.innerHTML);
      if (old.contains(document.querySelector("dialog[open]"))) continue;
      replace(old, found);
    }
    showFreshness();
    showClocks();
    document.dispatchEvent(new CustomEvent("mainstem:followed"));
  }
}

function replace(old, found) {
  const focused = old.contains(document.activeElement) ? document.activeElement.closest("[data-key], [id], [href]") : null;
  const places = [...old.querySelectorAll("[role=region][aria-label]")].map((region) => [region.getAttribute("aria-label"), region.scrollLeft, region.scrollTop]);
  const node = document.importNode(found, true);
  old.replaceWith(node);
  for (const [label, left, top] of places) {
    const region = node.querySelector(`[role=region][aria-label="${CSS.escape(label)}"]`);
    if (region) [region.scrollLeft, region.scrollTop] = [left, top];
  }
  if (focused === null) return;
  const name = ["data-key", "id", "href"].find((name) => focused.hasAttribute(name));
  const again = node.querySelector(`[${name}="${CSS.escape(focused.getAttribute(name))}"]`);
  if (again === null) return;
  again.tabIndex = focused.tabIndex;
  again.focus({ preventScroll: true });
}

export function startFollowing() {
  const root = document.querySelector("[data-follow]");
  if (root !== null) new Followed(root).start();
}
