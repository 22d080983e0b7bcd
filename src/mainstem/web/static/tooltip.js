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

function line(name, text, isNear) {
  const row = document.createElement("div");
  const label = document.createElement("span");
  const content = document.createElement(isNear ? "strong" : "span");
  label.textContent = name;
  content.textContent = text;
  row.append(label, content);
  return row;
}

function fill(near, points) {
  const heading = document.createElement("p");
  heading.textContent = near.label;
  const rows = points.map((point) => line(point.series, point.text, point.series === near.series));
  element().replaceChildren(heading, ...rows);
}

function place(event) {
  const { width, height } = box.getBoundingClientRect();
  const left = event.clientX + 14 + width > innerWidth ? event.clientX - 14 - width : event.clientX + 14;
  const top = Math.min(event.clientY + 14, innerHeight - height - 8);
  box.style.left = `${Math.max(left, 4)}px`;
  box.style.top = `${Math.max(top, 4)}px`;
}

// Every series at the place under the pointer. The cell of a nearest-point search wraps the point's own mark,
// so its data lies one level deeper. Points are matched by label: Vega has turned their place into a date.
export function tooltipFor(spec) {
  return (_handler, event, item, value) => {
    const near = item?.datum?.datum ?? item?.datum;
    if (value === null || value === undefined || near?.label === undefined) {
      hideTooltip();
      return;
    }
    const points = spec.data.values.filter((point) => point.label === near.label && point.text !== "");
    if (points.length === 0) {
      hideTooltip();
      return;
    }
    fill(near, points);
    box.hidden = false;
    place(event);
  };
}

export function hideTooltip() {
  if (box !== null) box.hidden = true;
}
