import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The one `graphql` that Node itself loads: a second copy would not know the first one's schema. */
const graphql = fileURLToPath(
  new URL("node_modules/graphql/index.js", import.meta.url),
);

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: graphql }] },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.slow.test.ts", "test/browser/**", "node_modules/**"],
    globalSetup: "test/support/global-setup.ts",
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
