// Prints what Looker's own parser makes of its own test expressions, and of those given as JSON on stdin.
const path = require("path");
const { readFileSync } = require("fs");

const folder = path.join(process.argv[2], "@looker", "filter-expressions", "dist", "cjs");
const { parseFilterExpression } = require(folder);

const read = (type, item) => ({ ...item, type, ast: parseFilterExpression(type, item.expression) });
const own = ["date", "number", "string", "tier"].flatMap((type) => {
  const exported = require(path.join(folder, "grammars", `${type}_grammar_test_expressions.js`));
  return Object.values(exported)[0].map((item) => read(type, item));
});
const given = JSON.parse(readFileSync(0, "utf8")).map(([type, expression]) => read(type, { expression }));
const exact = (_, value) => (typeof value === "bigint" ? value.toString() : value);
process.stdout.write(JSON.stringify({ own, given }, exact));
