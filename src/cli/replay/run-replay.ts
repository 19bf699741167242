import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Tokens } from "./api-client.js";
import { parseChatLog } from "./chat-log.js";
import { planReplay } from "./plan.js";
import { createProgress, type Output } from "./progress.js";
import { ReplayError, reasonOf } from "./replay-error.js";
import { replay } from "./replay.js";
import { renderReport, type ReplayReport } from "./report.js";

/** The arguments of `acked replay FILE`. */
export interface RunReplayOptions {
  file: string;
  /** `http(s)://…/graphql` */
  endpoint: URL;
  tokens: Tokens;
  /** Gets the tables, and in a terminal the progress. */
  out: Output;
}

/**
 * Replays a chat log into a conversation of its own and prints the report.
 *
 * @throws {ReplayError} where the file cannot be read, has no messages, or a step failed
 */
export async function runReplay(
  options: RunReplayOptions,
): Promise<ReplayReport> {
  const { file, endpoint, tokens, out } = options;
  const plan = planReplay(parseChatLog(await readLog(file)));
  if (plan.messages === 0) throw new ReplayError(`no messages in ${file}`);

  const progress = createProgress(out, plan.steps.length);
  const report = await replay({
    plan,
    endpoint,
    tokens,
    conversationId: `replay-${randomUUID()}`,
    title: basename(file).slice(0, 256),
    onProgress: progress.show,
  }).finally(progress.end);
  out.write(renderReport(report));
  return report;
}

async function readLog(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new ReplayError(
      `can't read ${file}: ${reasonOf(error)}`,
      null,
      error,
    );
  }
}
