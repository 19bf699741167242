import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const fromHere = (path: string) => new URL(path, import.meta.url).pathname;

/** Builds the page that the server shows browsers at `GET /graphql`. */
export default defineConfig({
  root: fromHere("."),
  base: "/explorer/",
  plugins: [react()],
  worker: { format: "es" },
  build: {
    outDir: fromHere("../dist/explorer-page"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 5_000,
    rolldownOptions: {
      // GraphiQL's files say "use no memo" to a compiler that has run already.
      onLog(level, log, warn) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") warn(level, log);
      },
    },
  },
});
