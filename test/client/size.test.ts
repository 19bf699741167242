import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

/** Bundled for a browser, minified: bytes after gzip. */
async function gzippedBytes(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: "packages/client/src" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    packages: "external",
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
}

/** What an app imports, and how many bytes it may cost; the libraries themselves are not counted. */
const budgets = [
  ['export { createReceiptQueue } from "./index.js"', 4_224],
  ['export * from "./index.js"', 6_400],
  ['export * from "./socket.js"', 2_208],
  ['export * from "./react.js"', 5_120],
  ['export * from "./react-native.js"', 576],
  ['export * from "./apollo.js"; export * from "./react.js"', 12_160],
  ['export * from "./urql.js"; export * from "./react.js"', 12_288],
] as const;

it.each(budgets)("%s is at most %d bytes", async (contents, most) => {
  const bytes = await gzippedBytes(contents);
  console.info(`${contents}: ${bytes} bytes min+gzip`);
  expect(bytes).toBeLessThanOrEqual(most);
});
