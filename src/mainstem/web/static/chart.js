// <mainstem-chart data-spec="…">: draws a Vega-Lite spec, again when the theme changes, and cleans up after
// itself when it leaves the page. Expressions are interpreted (`ast`), so no code is made from text.

import { chartConfig } from "./chart_config.js";
import { hideTooltip, tooltipFor } from "./tooltip.js";

let engine = null;

function loadEngine() {
  engine ??= import(document.querySelector("link[data-chart-engine]").href);
  return engine;
}

class MainstemChart extends HTMLElement {
  #drawn = null;
  #turn = 0;
  #redraw = () => this.#draw();
  // Vega follows the window; a scroll bar that comes, or a tile that grows, changes only the element.
  #observer = new ResizeObserver(() => this.#fit());

  connectedCallback() {
    document.addEventListener("mainstem:theme", this.#redraw);
    this.#observer.observe(this);
    this.#draw();
  }

  disconnectedCallback() {
    document.removeEventListener("mainstem:theme", this.#redraw);
    this.#observer.disconnect();
    this.#turn += 1;
    this.#drawn?.finalize();
    hideTooltip();
  }

  #fit() {
    const view = this.#drawn?.view;
    if (view === undefined) return;
    if (view.width() === this.clientWidth && view.height() === this.clientHeight) return;
    view.width(this.clientWidth).height(this.clientHeight).runAsync();
  }

  async #draw() {
    const turn = ++this.#turn;
    const canvas = document.createElement("div");
    canvas.className = "chart-canvas";
    canvas.setAttribute("aria-hidden", "true");
    try {
      const { vegaEmbed } = await loadEngine();
      if (turn !== this.#turn) return;
      this.#drawn?.finalize();
      this.replaceChildren(canvas);
      const spec = JSON.parse(this.dataset.spec);
      const drawn = await vegaEmbed(canvas, spec, {
        mode: "vega-lite",
        ast: true,
        actions: false,
        defaultStyle: false,
        renderer: "svg",
        tooltip: tooltipFor(spec),
        config: chartConfig(this, spec),
      });
      if (turn === this.#turn) {
        this.#drawn = drawn;
        this.dataset.drawn = "";
        this.#fit();
      } else {
        drawn.finalize();
      }
    } catch (problem) {
      this.#fail(problem);
    }
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
