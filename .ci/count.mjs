// node .ci/count.mjs FOLDER
//
// Adds up the JSON reports that Vitest wrote to a folder, and prints each failure with its reason. The last
// line is `N passed, N failed`; the exit code is 0 only where something passed and nothing failed.
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

const [folder = "."] = process.argv.slice(2);

const runs = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .sort()
  .map((name) => {
    const report = JSON.parse(readFileSync(join(folder, name), "utf8"));
    return {
      name: name.replace(/\.json$/, ""),
      passed: report.numPassedTests,
      skipped: report.numPendingTests + report.numTodoTests,
      failures: report.testResults.flatMap(failuresOf),
    };
  });

/** The failed tests of a file. A file that could not be loaded has no tests and counts as one failure. */
function failuresOf({ name, status, message, assertionResults }) {
  if (status !== "failed") return [];
  const file = relative(process.cwd(), name);
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (failed.length === 0) return [{ title: file, reason: message }];
  return failed.map(({ fullName, failureMessages }) => ({
    title: `${file} > ${fullName}`,
    reason: failureMessages.join("\n"),
  }));
}

for (const { name, passed, skipped, failures } of runs) {
  const failed = failures.length;
  console.log(
    passed + failed + skipped === 0
      ? `${name}: no tests yet`
      : `${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`,
  );
  for (const { title, reason } of failures) {
    console.log(`  FAILED ${title}`);
    console.log(reason.split("\n").slice(0, 12).join("\n").slice(0, 2_000));
  }
}

const passed = runs.reduce((total, run) => total + run.passed, 0);
const failed = runs.reduce((total, run) => total + run.failures.length, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
