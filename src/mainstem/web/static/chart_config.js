// The looks of a chart, read from the page's own design tokens, so light and dark stand in one place: the CSS.

const SERIES_COLOURS = 8;
const TOKEN = /^--[a-z0-9-]+$/;

// A spec names colours of the design by their tokens; data may say the same and means text.
export function painted(element, spec) {
  const style = getComputedStyle(element);
  const paint = (part, key) => {
    if (typeof part === "string") return TOKEN.test(part) ? style.getPropertyValue(part).trim() : part;
    if (Array.isArray(part)) return part.map((one) => paint(one));
    if (part === null || typeof part !== "object" || key === "data") return part;
    return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, name === "domain" ? one : paint(one, name)]));
  };
  return paint(spec);
}

export function chartConfig(element, spec) {
  const style = getComputedStyle(element);
  const token = (name) => style.getPropertyValue(name).trim();
  const label = { labelColor: token("--ink-3"), labelFontSize: 11, labelPadding: 6 };
  const category = Array.from({ length: SERIES_COLOURS }, (_, n) => token(`--series-${n + 1}`));
  return {
    font: style.fontFamily,
    background: null,
    padding: 2,
    view: { stroke: null },
    range: { category },
    axis: { ...label, domain: false, ticks: false, gridColor: token("--grid"), titleColor: token("--ink-3") },
    axisX: { domain: true, domainColor: token("--line") },
    legend: {
      orient: "top",
      direction: "horizontal",
      columns: legendColumns(element, spec),
      labelColor: token("--ink-2"),
      labelFontSize: 11,
      labelLimit: 180,
      symbolType: "circle",
      symbolSize: 60,
      symbolStrokeWidth: 0,
      columnPadding: 14,
      rowPadding: 3,
      offset: 8,
      padding: 0,
    },
    line: { color: category[0], strokeWidth: 2, strokeJoin: "round", strokeCap: "round" },
    area: { color: category[0] },
    point: { color: category[0], strokeWidth: 0 },
    arc: { color: category[0] },
    rule: { color: token("--ink-3") },
    tick: { color: token("--ink-3") },
    text: { color: token("--ink-2"), fontSize: 11 },
    bar: { color: category[0], cornerRadiusEnd: 2, discreteBandSize: { band: 0.86 } },
  };
}

// As many names beside each other as the chart is wide; Vega would let them run out of it.
function legendColumns(element, spec) {
  const names = coloured(spec);
  const longest = Math.min(Math.max(...names.map((name) => name.length), 1) * 6.6, 180);
  return Math.max(1, Math.floor(element.clientWidth / (longest + 32)));
}

// The names in a chart's legend: those of the first layer that has colours.
function coloured(spec) {
  const own = spec.encoding?.color?.scale?.domain;
  if (own !== undefined) return own;
  for (const layer of spec.layer ?? []) {
    const found = coloured(layer);
    if (found.length > 0) return found;
  }
  return [];
}
