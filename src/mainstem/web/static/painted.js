// Colours that conditional formatting gives cells: set by script, since the page's policy takes no styles from
// documents.

function paint(root) {
  for (const cell of root.querySelectorAll?.("[data-background], [data-ink]") ?? []) {
    if (cell.dataset.background) cell.style.backgroundColor = cell.dataset.background;
    if (cell.dataset.ink) cell.style.color = cell.dataset.ink;
  }
}

export function startPainting() {
  paint(document);
  document.addEventListener("htmx:load", (event) => paint(event.target.parentElement ?? event.target));
}
