// One tooltip for all charts. It is filled as text, never as HTML, and placed through the style object,
// which the page's Content-Security-Policy allows where a style attribute would be refused.

let box = null;

function element() {
  if (box === null) {
    box = document.createElement("div");
    box.className = "tooltip";
    box.hidden = true;
    box.setAttribute("aria-hidden", "true");
    document.body.append(box);
  }
  return box;
}

function fill(value) {
  const rows = Object.entries(value).map(([name, text]) => {
    const row = document.createElement("div");
    const label = document.createElement("span");
    const content = document.createElement("strong");
    label.textContent = name;
    content.textContent = text;
    row.append(label, content);
    return row;
  });
  element().replaceChildren(...rows);
}

function place(event) {
  const { width, height } = box.getBoundingClientRect();
  const left = event.clientX + 14 + width > innerWidth ? event.clientX - 14 - width : event.clientX + 14;
  const top = Math.min(event.clientY + 14, innerHeight - height - 8);
  box.style.left = `${Math.max(left, 4)}px`;
  box.style.top = `${Math.max(top, 4)}px`;
}

export function showTooltip(_handler, event, _item, value) {
  if (value === null || value === undefined || value === "" || typeof value !== "object") {
    element().hidden = true;
    return;
  }
  fill(value);
  box.hidden = false;
  place(event);
}

export function hideTooltip() {
  if (box !== null) box.hidden = true;
}
