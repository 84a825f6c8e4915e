// The browser tests of a Playwright report that failed, or only passed at the second try, each
// with the first lines of what went wrong: node scripts/failures.mjs REPORT.json
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

const most = { tests: 4, lines: 6, width: 300 };

/** Every test below a suite, with the titles that lead to it. */
function* tests(suite, path = []) {
  for (const spec of suite.specs ?? []) yield { spec, path };
  for (const inner of suite.suites ?? []) yield* tests(inner, [...path, inner.title]);
}

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
const isFlaky = (spec) => spec.tests.some((t) => t.status === "flaky");
const bad = [...tests(report)].filter(({ spec }) => !spec.ok || isFlaky(spec));
for (const { spec, path } of bad.slice(0, most.tests)) {
  console.log(`${spec.ok ? "FLAKY" : "FAILED"} ${[...path, spec.title].join(" › ")}`);
  const said = spec.tests.flatMap((t) => t.results).flatMap((r) => r.errors).map((e) => e.message ?? "");
  const lines = stripVTControlCharacters(said.join("\n")).split("\n").filter((line) => line.trim());
  for (const line of lines.slice(0, most.lines)) console.log(`  ${line.trim().slice(0, most.width)}`);
}
