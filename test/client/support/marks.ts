import type {
  MarkedMessage,
  Queue,
  SyncReceiptsAnswer,
  SyncReceiptsVariables,
} from "../../../packages/client/src/index.js";

/** A message as an app has it; its id says its place. */
export function message(seq: number, conversationId = "c"): MarkedMessage {
  return { id: `${conversationId}${seq}`, seq, conversationId };
}

/** A mark as the wire has it: `READ*` is up to the message. */
export function wire(variables: SyncReceiptsVariables): string[] {
  return variables.input.receipts.map(
    ({ kind, upTo, messageId }) => `${kind}${upTo ? "*" : ""} ${messageId}`,
  );
}

/** Everything accepted. */
export function accepted({ input }: SyncReceiptsVariables): SyncReceiptsAnswer {
  return { results: input.receipts.map(() => ({ error: null })) };
}

/** Waits until a condition on a queue holds, looking after each of its changes. */
export async function until(
  queue: Pick<Queue, "onChange">,
  condition: () => boolean,
): Promise<void> {
  while (!condition())
    await new Promise<void>((resolve) => {
      const stop = queue.onChange(() => {
        stop();
        resolve();
      });
    });
}

/** Waits until a queue has nothing left to send. */
export function idle(queue: Queue): Promise<void> {
  return until(queue, () => queue.pending === 0 && queue.state === "idle");
}

/** A `send` whose answers the test gives, request by request. */
export function heldSend() {
  const requests: {
    readonly variables: SyncReceiptsVariables;
    accept(): void;
    answer(answer: SyncReceiptsAnswer): void;
    fail(error: unknown): void;
  }[] = [];
  let woken = (): void => undefined;
  return {
    requests,
    /** What each request held. */
    get sent(): string[][] {
      return requests.map(({ variables }) => wire(variables));
    },
    send: (variables: SyncReceiptsVariables) =>
      new Promise<SyncReceiptsAnswer>((resolve, reject) => {
        requests.push({
          variables,
          accept: () => resolve(accepted(variables)),
          answer: resolve,
          fail: reject,
        });
        woken();
      }),
    /** The request of that number, once it was made. */
    async request(number: number) {
      for (;;) {
        const found = requests[number];
        if (found) return found;
        await new Promise<void>((resolve) => (woken = resolve));
      }
    },
  };
}

/** An error as a GraphQL client library rejects with it. */
export function serverError(
  code: string,
  more: Record<string, unknown> = {},
): Error {
  return Object.assign(new Error(code), {
    errors: [{ message: code, extensions: { code, ...more } }],
  });
}
