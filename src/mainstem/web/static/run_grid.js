// The grid of runs and tasks: one stop for the tab key, arrows go from cell to cell. It opens at its newest run.

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function cells(grid) {
  return [...grid.rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("a")));
}

function place(rows, link) {
  for (const [y, row] of rows.entries()) if (row.includes(link)) return [y, row.indexOf(link)];
  return null;
}

function focus(grid, link) {
  for (const other of grid.querySelectorAll('a[tabindex="0"], a:not([tabindex])')) other.tabIndex = -1;
  link.tabIndex = 0;
  link.focus();
}

function next(rows, [y, x], key) {
  if (key === "Home") return rows[y].find((link) => link);
  if (key === "End") return rows[y].findLast((link) => link);
  const [down, right] = MOVES[key];
  for (let [row, column] = [y + down, x + right]; rows[row] && column >= 0 && column < rows[row].length; row += down, column += right)
    if (rows[row][column]) return rows[row][column];
}

function openAtNewest() {
  for (const frame of document.querySelectorAll("[data-scroll-end]")) frame.scrollLeft = frame.scrollWidth;
}

export function startRunGrid() {
  openAtNewest();
  // What a cell says to readers it says to the pointer, too; written twice it would make up a third of the page.
  document.addEventListener("pointerover", (event) => {
    const link = event.target.closest?.("[data-run-grid] a");
    if (link) link.title = link.getAttribute("aria-label");
  });
  document.addEventListener("keydown", (event) => {
    const grid = event.target.closest?.("[data-run-grid]");
    if (!grid || !(event.key in MOVES || event.key === "Home" || event.key === "End")) return;
    const rows = cells(grid);
    const at = place(rows, event.target.closest("a"));
    const link = at && next(rows, at, event.key);
    if (!link) return;
    event.preventDefault();
    focus(grid, link);
  });
}
