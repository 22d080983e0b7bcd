// The log of a try: what is new is asked for with a cursor, what came before on demand. The page keeps a bounded
// number of lines, and follows the end for as long as its reader is there.

import { say } from "./announce.js";

const EVERY = 1000;
const AFTER_FAILURE = 5000;
const MOST_LINES = 6000;

class Log {
  constructor(root) {
    this.root = root;
    this.body = root.querySelector("[data-log-body]");
    this.state = root.querySelector("[data-log-state]");
    this.follow = root.querySelector("[data-log-follow]");
    const piece = this.body.querySelector("[data-log-piece]");
    this.start_ = piece.dataset.start;
    this.end = piece.dataset.end;
    this.isLater = "later" in piece.dataset;
    this.hasEnded = "ended" in piece.dataset;
    this.timer = 0;
  }

  get isFollowed() {
    return this.follow.getAttribute("aria-pressed") === "true";
  }

  begin() {
    this.follow.hidden = false;
    this.follow.addEventListener("click", () => this.setFollowed(!this.isFollowed));
    const wrap = this.root.querySelector("[data-log-wrap]");
    wrap.hidden = false;
    wrap.addEventListener("click", () => {
      const isWrapped = this.body.toggleAttribute("data-log-nowrap");
      wrap.setAttribute("aria-pressed", String(!isWrapped));
    });
    this.body.addEventListener("scroll", () => this.scrolled(), { passive: true });
    document.addEventListener("visibilitychange", () => this.go(0));
    this.earlier = this.button("Earlier lines", () => this.before());
    this.body.prepend(this.earlier);
    this.later = this.button("Later lines", () => this.onwards());
    this.body.append(this.later);
    this.showMore();
    const asked = this.body.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`);
    if (asked) {
      asked.classList.add("is-asked");
      this.body.scrollTop = asked.offsetTop - this.body.offsetTop - 60;
    } else if (this.isFollowed) this.toEnd();
    this.tell();
    this.go(EVERY);
  }

  button(text, act) {
    const button = document.createElement("button");
    button.className = "log-more";
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  }

  showMore() {
    this.earlier.hidden = !this.start_ || this.start_.startsWith("0.");
    this.later.hidden = !this.isLater;
  }

  setFollowed(isFollowed) {
    this.follow.setAttribute("aria-pressed", String(isFollowed));
    if (isFollowed && "logStill" in this.root.dataset) {
      const address = new URL(location.href);
      address.searchParams.delete("line");
      address.hash = "";
      location.assign(address);
      return;
    }
    if (isFollowed) this.toEnd();
    this.tell();
    this.go(0);
  }

  toEnd() {
    this.body.scrollTop = this.body.scrollHeight;
  }

  get isAtEnd() {
    return this.body.scrollHeight - this.body.scrollTop - this.body.clientHeight < 40;
  }

  // Who scrolls up reads, and is not carried away; who comes back to the end follows again.
  scrolled() {
    if (this.isAtEnd === this.isFollowed || "logStill" in this.root.dataset) return;
    this.follow.setAttribute("aria-pressed", String(this.isAtEnd));
    this.tell();
  }

  tell(text) {
    const how = this.hasEnded ? "Ended" : this.isFollowed ? "Live" : "New lines wait at the end";
    this.state.textContent = text ?? how;
  }

  go(wait) {
    clearTimeout(this.timer);
    const isStill = "logStill" in this.root.dataset;
    if (!isStill && !(this.hasEnded && !this.isLater) && document.visibilityState === "visible")
      this.timer = setTimeout(() => this.after(), wait);
  }

  async piece(name, cursor) {
    const address = new URL(this.root.dataset.log, location.href);
    address.searchParams.set(name, cursor);
    const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Current-URL": location.href } });
    if (answer.status === 401 || answer.status === 403) return location.reload();
    if (!answer.ok) throw new Error(answer.statusText);
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    return template.content.querySelector("[data-log-piece]");
  }

  async after() {
    try {
      const piece = await this.piece("after", this.end);
      const hadEnded = this.hasEnded;
      this.put(piece);
      if (this.hasEnded && !hadEnded) say("The log has ended");
      this.tell();
      this.go(this.isLater ? 0 : EVERY);
    } catch {
      this.tell("No answer, trying again");
      this.go(AFTER_FAILURE);
    }
  }

  put(piece) {
    const follows = this.isFollowed;
    this.end = piece.dataset.end;
    this.isLater = "later" in piece.dataset;
    this.hasEnded = "ended" in piece.dataset;
    if (!this.start_) this.start_ = piece.dataset.start;
    const hasLines = piece.querySelector("li") !== null;
    if (hasLines || this.body.querySelector("li") === null) {
      if (this.body.querySelector("li") === null) for (const old of this.body.querySelectorAll("[data-log-piece]")) old.remove();
      this.later.before(piece);
    }
    if (follows) {
      this.drop("first");
      this.toEnd();
    }
    this.showMore();
  }

  async before() {
    const piece = await this.piece("before", this.start_);
    const height = this.body.scrollHeight;
    this.start_ = piece.dataset.start;
    this.earlier.after(piece);
    this.showMore();
    this.body.scrollTop += this.body.scrollHeight - height;
  }

  async onwards() {
    const piece = await this.piece("onwards", this.end);
    this.end = piece.dataset.end;
    this.isLater = "later" in piece.dataset;
    this.later.before(piece);
    this.drop("first");
    this.showMore();
  }

  // Pieces are left out whole, at the side that nobody looks at.
  drop() {
    const pieces = [...this.body.querySelectorAll("[data-log-piece]")];
    let lines = this.body.querySelectorAll("li").length;
    while (pieces.length > 1 && lines > MOST_LINES) {
      const gone = pieces.shift();
      lines -= gone.querySelectorAll("li").length;
      gone.remove();
      this.start_ = pieces[0].dataset.start;
    }
  }
}

export function startTaskLog() {
  const root = document.querySelector("[data-log]");
  if (root !== null) new Log(root).begin();
}
