// <mainstem-chart data-spec="…">: draws a Vega-Lite spec, again when the theme changes, and cleans up after
// itself when it leaves the page. Expressions are interpreted (`ast`), so no code is made from text.

import { chartConfig, painted } from "./chart_config.js";
import { hideTooltip, tooltipFor } from "./tooltip.js";

const LONG_PRESS = 500;
const STILL = 10;

let engine = null;

function loadEngine() {
  engine ??= import(document.querySelector("link[data-chart-engine]").href);
  return engine;
}

class MainstemChart extends HTMLElement {
  #drawn = null;
  #turn = 0;
  #begun = false;
  #redraw = () => this.#draw();
  // Vega follows the window; a scroll bar that comes, or a tile that grows, changes only the element.
  #observer = new ResizeObserver(() => this.#fit());

  connectedCallback() {
    document.addEventListener("mainstem:theme", this.#redraw);
    this.#observer.observe(this);
    // Moved within the page, as when a filter changed that it does not hear: it is drawn already.
    if (this.#drawn === null) this.#drawInTurn();
  }

  // What is seen first; the rest when there is nothing else to do, or when it comes into view.
  #drawInTurn() {
    const { top, bottom } = this.getBoundingClientRect();
    if (top < innerHeight && bottom > 0) {
      this.#draw();
      return;
    }
    const now = () => {
      seen.disconnect();
      if (this.isConnected && !this.#begun) this.#draw();
    };
    const seen = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && now());
    seen.observe(this);
    (window.requestIdleCallback ?? setTimeout)(now, { timeout: 3000 });
  }

  disconnectedCallback() {
    document.removeEventListener("mainstem:theme", this.#redraw);
    this.#observer.disconnect();
    hideTooltip();
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#drawn?.finalize();
      this.#drawn = null;
      this.#begun = false;
      this.#turn += 1;
    });
  }

  #fit() {
    const view = this.#drawn?.view;
    if (view === undefined) return;
    if (view.width() === this.clientWidth && view.height() === this.clientHeight) return;
    view.width(this.clientWidth).height(this.clientHeight).runAsync();
  }

  async #draw() {
    this.#begun = true;
    const turn = ++this.#turn;
    const canvas = document.createElement("div");
    canvas.className = "chart-canvas";
    canvas.setAttribute("aria-hidden", "true");
    try {
      const { vegaEmbed } = await loadEngine();
      if (turn !== this.#turn) return;
      const before = this.#drawn;
      // What is seen stays until its successor is drawn.
      if (before === null) this.replaceChildren(canvas);
      else this.append(canvas);
      const spec = JSON.parse(this.dataset.spec);
      const drawn = await vegaEmbed(canvas, painted(this, spec), {
        mode: "vega-lite",
        ast: true,
        actions: false,
        defaultStyle: false,
        renderer: "svg",
        tooltip: tooltipFor(spec),
        config: chartConfig(this, spec),
      });
      if (turn === this.#turn) {
        before?.finalize();
        this.replaceChildren(canvas);
        this.#drawn = drawn;
        this.#lead(drawn.view);
        this.dataset.drawn = "";
        this.#fit();
      } else {
        canvas.remove();
        drawn.finalize();
      }
    } catch (problem) {
      this.#fail(problem);
    }
  }

  // A click on a mark is told to the page, by what the mark is called.
  #lead(view) {
    const told = (event, item, leads, held = false) => {
      const mark = item?.datum?.datum ?? item?.datum;
      if (mark?.label === undefined) return false;
      const detail = {
        label: mark.label,
        series: mark.series ?? "",
        adds: event.ctrlKey || event.metaKey,
        leads: leads || event.shiftKey,
        held,
        x: event.clientX,
        y: event.clientY,
      };
      hideTooltip();
      this.dispatchEvent(new CustomEvent("mainstem:mark", { bubbles: true, detail }));
      return true;
    };
    // A finger that stays does what a right click does; some browsers tell of it as one, others do not.
    let press = null;
    let isHeld = false;
    view.addEventListener("pointerdown", (event, item) => {
      clearTimeout(press);
      isHeld = false;
      if (event.pointerType !== "touch") return;
      const from = [event.clientX, event.clientY];
      press = setTimeout(() => (isHeld = told(event, item, true, true)), LONG_PRESS);
      this.onpointermove = (now) => {
        if (Math.hypot(now.clientX - from[0], now.clientY - from[1]) > STILL) clearTimeout(press);
      };
    });
    this.onpointerup = this.onpointercancel = () => clearTimeout(press);
    view.addEventListener("click", (event, item) => {
      if (!isHeld) told(event, item, false);
      isHeld = false;
    });
    view.addEventListener("contextmenu", (event, item) => {
      clearTimeout(press);
      if (isHeld || told(event, item, true, event.pointerType === "touch")) event.preventDefault();
      isHeld ||= event.pointerType === "touch";
    });
  }

  #fail(problem) {
    console.error(problem);
    const said = document.createElement("p");
    said.className = "tile-note";
    said.textContent = `The chart could not be drawn (${problem.message}). Its numbers stand in the data table.`;
    this.replaceChildren(said);
  }
}

export function startCharts() {
  customElements.define("mainstem-chart", MainstemChart);
}
