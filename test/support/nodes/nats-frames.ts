const lineEnd = "\r\n";

/** The sizes that a message bears, the whole one last: `PUB s 5`, `PUB s reply 5`, `HPUB s 12 17`. */
const published = /^H?PUB [^\r]* (\d+)$/i;

/**
 * Reads what a client sends to NATS (https://docs.nats.io/reference/reference-protocols/nats-protocol), and
 * leaves out messages that it publishes.
 * @param isUnwanted asked for each message
 * @returns a function that gets the bytes as they come, and returns those that pass
 */
export function dropPublished(
  isUnwanted: () => boolean,
): (bytes: Buffer) => Buffer {
  let pending: Buffer = Buffer.alloc(0);
  return (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    const passing: Buffer[] = [];
    for (;;) {
      const lineLength = pending.indexOf(lineEnd);
      if (lineLength < 0) break;
      const line = pending.subarray(0, lineLength).toString("latin1");
      const size = published.exec(line)?.[1];
      let length = lineLength + lineEnd.length;
      if (size !== undefined) length += Number(size) + lineEnd.length;
      if (pending.length < length) break;
      const isDropped = size !== undefined && isUnwanted();
      if (!isDropped) passing.push(pending.subarray(0, length));
      pending = pending.subarray(length);
    }
    return Buffer.concat(passing);
  };
}
