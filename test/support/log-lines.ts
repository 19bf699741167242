import { Writable } from "node:stream";

/** Takes the lines of a log. */
export function logLines(): {
  readonly output: Writable;
  readonly text: string;
  readonly lines: readonly Record<string, unknown>[];
} {
  let text = "";
  return {
    output: new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString();
        done();
      },
    }),
    get text() {
      return text;
    },
    get lines() {
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}
