const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** The seconds of a text such as `90s`, `30m`, `1h` or `7d`; null where the text is no such time. */
export function secondsOf(text: string): number | null {
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(text);
  if (!match) return null;
  const unit = match[2] as keyof typeof unitSeconds;
  return Number(match[1]) * unitSeconds[unit];
}
