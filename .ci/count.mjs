// node .ci/count.mjs FOLDER
//
// Adds up the JSON reports that Vitest wrote to a folder. The last line is `N passed, N failed`;
// the exit code is 0 only where something passed and nothing failed.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [folder = "."] = process.argv.slice(2);

const runs = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .sort()
  .map((name) => {
    const report = JSON.parse(readFileSync(join(folder, name), "utf8"));
    // A file that could not even be loaded has no tests: it counts as one that failed.
    const broken = report.testResults.filter(
      (file) =>
        file.status === "failed" &&
        !file.assertionResults.some((test) => test.status === "failed"),
    );
    return {
      name: name.replace(/\.json$/, ""),
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  });

for (const { name, passed, failed, skipped } of runs)
  console.log(
    passed + failed + skipped === 0
      ? `${name}: no tests yet`
      : `${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`,
  );

const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("passed") > 0 && sum("failed") === 0 ? 0 : 1;
