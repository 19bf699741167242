import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const fromHere = (path: string) => new URL(path, import.meta.url).pathname;

/** Builds the page that the server shows at `/demo/`. The aliases stand for the installed package. */
export default defineConfig({
  root: fromHere("."),
  base: "/demo/",
  plugins: [react()],
  resolve: {
    alias: [
      {
        find: /^@acked\/client$/,
        replacement: fromHere("../packages/client/src/index.ts"),
      },
      {
        find: /^@acked\/client\/(.+)$/,
        replacement: fromHere("../packages/client/src/$1.ts"),
      },
    ],
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
