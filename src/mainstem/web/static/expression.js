// Help while an expression is typed: fields and functions to choose from, what a function takes, and where the
// server says that something is wrong. The textarea completes from a list (ARIA has no combobox of several lines,
// so nothing is expanded: what is chosen is announced as its active descendant); the server alone decides what is right.

const MOST = 9;
let chosen = 0;

const area = () => document.querySelector("#ask [data-expression]");
const list = () => document.getElementById("edit-words");
const words = () => [...document.querySelector("#ask template[data-words]").content.querySelectorAll("li")];

// What is being written before the caret: the inside of `${…`, or a word.
function writing(field) {
  const before = field.value.slice(0, field.selectionStart);
  const found = /(\$\{[^{}]*|[A-Za-z_][\w.]*)$/.exec(before);
  return found ? found[0] : "";
}

function rank(word, wanted) {
  const name = word.dataset.name.toLowerCase();
  const label = word.dataset.signature.toLowerCase();
  if (name === wanted || label === wanted) return 0;
  if (label.startsWith(wanted)) return 1;
  if (name.startsWith(wanted)) return 2;
  if (name.includes(`.${wanted}`) || label.includes(` ${wanted}`)) return 3;
  return name.includes(wanted) || label.includes(wanted) ? 4 : 9;
}

function matching(field) {
  const written = writing(field);
  if (!written) return [];
  const onlyFields = written.startsWith("${");
  const wanted = written.replace(/^\$\{/, "").trim().toLowerCase();
  return words()
    .filter((word) => !onlyFields || "field" in word.dataset)
    .map((word) => [wanted ? rank(word, wanted) : 2, word])
    .filter(([place]) => place < 9)
    .sort(([one, first], [other, second]) => one - other || first.dataset.name.length - second.dataset.name.length)
    .slice(0, MOST)
    .map(([, word]) => word);
}

function row(word, place) {
  const item = document.createElement("li");
  item.id = `edit-word-${place}`;
  item.role = "option";
  item.setAttribute("aria-selected", String(place === chosen));
  const name = document.createElement("code");
  name.textContent = "field" in word.dataset ? word.dataset.insert : word.dataset.signature;
  const help = document.createElement("span");
  help.textContent = "field" in word.dataset ? `${word.dataset.signature} · ${word.dataset.help}` : word.dataset.help;
  item.append(name, help);
  item.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the caret stays in the text
    take(area(), word);
  });
  return item;
}

function show(field, keep = false) {
  const found = matching(field);
  if (!keep) chosen = 0;
  chosen = Math.min(chosen, Math.max(found.length - 1, 0));
  list().replaceChildren(...found.map(row));
  list().hidden = found.length === 0;
  if (found.length) field.setAttribute("aria-activedescendant", `edit-word-${chosen}`);
  else field.removeAttribute("aria-activedescendant");
  list().querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
}

function hide(field) {
  list().hidden = true;
  field.removeAttribute("aria-activedescendant");
}

function take(field, word) {
  const end = field.selectionStart;
  const after = field.value.slice(end).startsWith("}") && "field" in word.dataset ? 1 : 0;
  const opened = field.value.slice(end).startsWith("(") && word.dataset.insert.endsWith("(") ? 1 : 0;
  field.setRangeText(word.dataset.insert, end - writing(field).length, end + after + opened, "end");
  hide(field);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  hide(field);
}

// The innermost call around the caret, and which of its arguments the caret stands in.
function callAround(text) {
  const open = [];
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (quote) quote = sign === quote ? "" : quote;
    else if (sign === '"' || sign === "'" || sign === "`") quote = sign;
    else if (sign === "(") open.push({ name: /([A-Za-z_]\w*)\s*$/.exec(text.slice(0, at))?.[1] ?? "", argument: 0 });
    else if (sign === ")") open.pop();
    else if (sign === "," && open.length) open.at(-1).argument += 1;
  }
  return open.reverse().find((one) => one.name) ?? null;
}

function showSignature(field) {
  const place = document.querySelector("#ask [data-signature]");
  const call = callAround(field.value.slice(0, field.selectionStart));
  const word = call && words().find((one) => !("field" in one.dataset) && one.dataset.name === call.name.toLowerCase());
  place.replaceChildren();
  if (!word) return;
  const [, name, inside] = /^([^(]+)\((.*)\)$/.exec(word.dataset.signature) ?? [null, word.dataset.name, ""];
  const parameters = inside ? inside.split(", ") : [];
  const now = Math.min(call.argument, parameters.length - 1);
  const code = document.createElement("code");
  code.append(`${name}(`);
  parameters.forEach((parameter, at) => {
    const part = document.createElement(at === now ? "strong" : "span");
    part.textContent = parameter;
    code.append(at ? ", " : "", part);
  });
  code.append(")");
  place.append(code, ` ${word.dataset.help}. `);
  if (word.dataset.example) {
    const example = document.createElement("code");
    example.textContent = word.dataset.example;
    place.append("Such as ", example);
  }
}

// What the server found wrong is underlined in a copy of the text that lies behind it.
function mark() {
  const field = area();
  const mirror = document.querySelector("#ask [data-mirror]");
  if (!field || !mirror) return;
  const at = document.querySelector("#edit-checked [data-at]")?.dataset.at;
  field.setAttribute("aria-invalid", String(at !== undefined));
  if (at === undefined) {
    mirror.replaceChildren();
    return;
  }
  const begin = Math.min(Number(at), field.value.length);
  const word = /^(\$\{[^}]*\}?|[\w.]+|.)?/su.exec(field.value.slice(begin))[0];
  const wrong = document.createElement("mark");
  wrong.textContent = word || " ";
  mirror.replaceChildren(field.value.slice(0, begin), wrong, `${field.value.slice(begin + word.length)}\n`);
  mirror.scrollTop = field.scrollTop;
}

function onKey(event) {
  const field = area();
  if (event.target !== field) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    document.querySelector("#ask [data-save]").click();
    return;
  }
  if (list().hidden) {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      show(field);
    }
    return;
  }
  const found = matching(field);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    show(field, true);
  } else if (event.key === "Enter" || event.key === "Tab") take(field, found[chosen]);
  else if (event.key === "Escape") hide(field);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export function startExpressions() {
  document.addEventListener("input", (event) => {
    if (event.target !== area()) return;
    show(event.target);
    showSignature(event.target);
    document.querySelector("#ask [data-mirror]").replaceChildren();
  });
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("selectionchange", () => {
    if (area() && document.activeElement === area()) showSignature(area());
  });
  document.addEventListener("focusout", (event) => {
    if (event.target === area()) hide(event.target);
  });
  document.addEventListener("scroll", (event) => {
    const mirror = document.querySelector("#ask [data-mirror]");
    if (mirror && event.target === area()) mirror.scrollTop = event.target.scrollTop;
  }, true);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "edit-checked" || event.target.id === "ask") mark();
  });
  // In a field of one line, Enter saves; without this it would run the question.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("#editor input:not([type=checkbox])")) return;
    event.preventDefault();
    document.querySelector("#ask [data-save]").click();
  });
  mark();
}
