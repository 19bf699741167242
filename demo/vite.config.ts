import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const fromHere = (path: string) => new URL(path, import.meta.url).pathname;

/** Builds the page that the server shows at `/demo/`. The two aliases stand for the installed package. */
export default defineConfig({
  root: fromHere("."),
  base: "/demo/",
  plugins: [react()],
  resolve: {
    alias: {
      "acked/client": fromHere("../src/client/index.ts"),
      "acked/operations": fromHere("../src/client/generated/operations.ts"),
    },
  },
  build: {
    outDir: fromHere("../dist/demo-page"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
});
