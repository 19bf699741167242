/** The first byte of a frame: final, and text. */
const finalText = 0x81;
const closingBrace = 0x7d;

/**
 * The text of a `next` message in front of its payload. The bytes are the operation's own: a slice of
 * Node's shared pool would keep 8 KiB of that pool for as long as the operation lasts.
 */
export function nextPrefix(operationId: string): Buffer {
  const text = `{"id":${JSON.stringify(operationId)},"type":"next","payload":`;
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

/**
 * A whole frame of a `next` message, as a server sends it: unmasked and uncompressed text (RFC 6455,
 * 5.2). The text is the prefix, the payload and a closing brace.
 */
export function nextFrame(prefix: Buffer, payload: Buffer): Buffer {
  const length = prefix.length + payload.length + 1;
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = finalText;
  if (headerLength === 2) frame[1] = length;
  else if (headerLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  prefix.copy(frame, headerLength);
  payload.copy(frame, headerLength + prefix.length);
  frame[headerLength + length - 1] = closingBrace;
  return frame;
}
