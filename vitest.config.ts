import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The one `graphql` that Node itself loads: a second copy would not know the first one's schema. */
const graphql = fileURLToPath(
  new URL("node_modules/graphql/index.js", import.meta.url),
);

const slow = "test/**/*.slow.test.ts";
const browser = "test/browser/**/*.test.ts";
const nodes = "test/nodes/**/*.nodes.test.ts";
const audits = "test/audits/**/*.test.ts";
const fuzz = "test/fuzz/**/*.test.ts";
const hostile = "test/hostile/**/*.test.ts";

/** What `npm test` runs, and by `--mode` the sets that take longer or need more. */
const sets: Record<string, { include: string[]; exclude?: string[] }> = {
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [slow, browser, nodes, audits, fuzz, hostile],
  },
  slow: { include: [slow], exclude: [browser] },
  browser: { include: [browser] },
  nodes: { include: [nodes] },
  audits: { include: [audits] },
  fuzz: { include: [fuzz] },
  hostile: { include: [hostile] },
};

export default defineConfig(({ mode }) => {
  const [nodeMajor = ""] = process.versions.node.split(".");
  return {
    resolve: { alias: [{ find: /^graphql$/, replacement: graphql }] },
    test: {
      ...sets[mode],
      // Half of a test's time is Postgres's: two files at once, also on two cores.
      maxWorkers: 2,
      passWithNoTests: mode !== "test",
      globalSetup: "test/support/global-setup.ts",
      // A browser shares the cores with the server that it talks to.
      testTimeout: mode === "browser" ? 90_000 : 30_000,
      hookTimeout: 60_000,
      // On a busy machine a second, as is the default, passes without anything being wrong.
      expect: { poll: { timeout: 20_000 } },
      reporters: process.env["CI"]
        ? [
            "default",
            [
              "json",
              {
                outputFile: `.ci/artefacts/reports/${mode}-node-${nodeMajor}.json`,
              },
            ],
          ]
        : ["default"],
    },
  };
});
