#!/usr/bin/env node
import { Command } from "commander";
import { addCommands } from "./cli/commands.js";
import { exitCodeOf, explain } from "./cli/failure.js";
import { helpAfter } from "./cli/help.js";
import { ownVersion } from "./metrics/build.js";

const program = new Command("acked")
  .description("Message receipts: sent, delivered, read, by whom and when.")
  .version(ownVersion())
  .addHelpText("after", helpAfter);
addCommands(program);
try {
  await program.parseAsync();
} catch (error) {
  console.error(explain(error));
  process.exitCode = exitCodeOf(error);
}
