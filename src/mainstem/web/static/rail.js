// The navigation at the left can be narrowed to its drawings; this browser remembers it.

const root = document.documentElement;

function show(button) {
  button.setAttribute("aria-pressed", String(root.dataset.rail === "narrow"));
}

export function startRail() {
  const button = document.querySelector("[data-rail-toggle]");
  if (button === null) return;
  button.hidden = false;
  show(button);
  button.addEventListener("click", () => {
    if (root.dataset.rail === "narrow") {
      delete root.dataset.rail;
      localStorage.removeItem("mainstem-rail");
    } else {
      root.dataset.rail = "narrow";
      localStorage.setItem("mainstem-rail", "narrow");
    }
    show(button);
  });
}
