import type { GraphQLError } from "graphql";
import { cut, type ArgumentPath } from "./refusal.js";

/**
 * The message of an error of graphql-js as clients see it: short, and without the values that it
 * prints. Names stay: field, argument and type.
 */
export function messageOf(
  { message }: Pick<GraphQLError, "message">,
  argumentPath: ArgumentPath | null,
): string {
  const start = message.slice(0, 1_000);
  const type =
    /^Expected value of type "([\w![\]]{1,150})"/.exec(start)?.[1] ??
    /^(Int|Float|String|Boolean|ID|Cursor|DateTime) (?:cannot represent|must be)/.exec(
      start,
    )?.[1] ??
    enumOf(start);
  if (type !== undefined && argumentPath)
    return cut(`${argumentPath.join(".")}: must be of type ${type}.`);
  return cut(
    start
      // A syntax error quotes the text that it did not expect.
      .replace(/^(Syntax Error: .*?\b(?:Block)?String) ".*$/s, "$1.")
      .replace(/^(Argument "\w+" has invalid value) .*$/s, "$1."),
  );
}

function enumOf(message: string): string | undefined {
  return /^(?:Value "\w*" does not exist in|Enum) "(\w+)"/.exec(message)?.[1];
}
