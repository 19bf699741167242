#!/usr/bin/env node
import { Command } from "commander";
import { addCommands } from "./cli/commands.js";
import { exitCodeOf, explain } from "./cli/failure.js";

const program = new Command("acked").description(
  "Message receipts: sent, delivered, read, by whom and when.",
);
addCommands(program);
try {
  await program.parseAsync();
} catch (error) {
  console.error(explain(error));
  process.exitCode = exitCodeOf(error);
}
