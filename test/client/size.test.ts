import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

/** Bundled for a browser, minified: bytes after gzip. */
async function gzippedBytes(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: "src/client" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
}

it("acked/client is at most 7 KiB, minified and gzipped, and needs nothing of Node", async () => {
  const whole = await gzippedBytes('export * from "./index.js"');
  const queue = await gzippedBytes(
    'export { createReceiptQueue } from "./index.js"',
  );
  console.info(
    `acked/client: ${whole} bytes min+gzip; the receipt queue alone: ${queue}`,
  );
  expect(whole).toBeLessThanOrEqual(7 * 1_024);
});
