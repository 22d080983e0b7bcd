// Graphs: the arrows of the box under the pointer, or with the focus, stand out. A graph that is wider than the
// page is drawn smaller, as far as its words can be read; what is left over is scrolled.

const LEAST_SCALE = 0.72;

function near(event, isNear) {
  const box = event.target.closest?.("[data-box]");
  if (!box) return;
  for (const arrow of box.closest("[data-graph]").querySelectorAll("[data-before]"))
    arrow.classList.toggle("is-near", isNear && [arrow.dataset.before, arrow.dataset.after].includes(box.dataset.box));
}

function fit() {
  for (const graph of document.querySelectorAll("[data-graph]")) {
    const { width, height } = graph.viewBox.baseVal;
    const space = graph.parentElement.clientWidth - 26;
    const scale = Math.min(1, Math.max(LEAST_SCALE, space / width));
    graph.setAttribute("width", width * scale);
    graph.setAttribute("height", height * scale);
  }
}

export function startGraphs() {
  fit();
  addEventListener("resize", fit);
  document.addEventListener("mainstem:followed", fit);
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, (event) => near(event, true));
  for (const name of ["pointerout", "focusout"]) document.addEventListener(name, (event) => near(event, false));
}
