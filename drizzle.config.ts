import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: [
    "./src/db/schema.ts",
    "./src/db/log-table.ts",
    "./src/db/key-tables.ts",
    "./src/db/timeline-table.ts",
    "./src/db/unread-tables.ts",
    "./src/db/lifecycle-tables.ts",
    "./src/db/upkeep-tables.ts",
  ],
  out: "./drizzle",
});
