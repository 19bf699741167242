const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const moment = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
});
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const shortDate = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
});
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

const dayMs = 86_400_000;

/** Midnight before a time, in the visitor's own time zone. */
function dayOf(time: Date): number {
  return new Date(
    time.getFullYear(),
    time.getMonth(),
    time.getDate(),
  ).getTime();
}

function daysAgo(time: Date): number {
  return Math.round((dayOf(new Date()) - dayOf(time)) / dayMs);
}

/** The time of day. */
export function clockTime(at: string): string {
  return clock.format(new Date(at));
}

/** Date and time to the second. */
export function exactTime(at: string): string {
  return moment.format(new Date(at));
}

/** The heading of a day on the timeline: “today”, “yesterday” or a date. */
export function dayName(at: string): string {
  const time = new Date(at);
  const days = daysAgo(time);
  return days < 2 ? relative.format(-days, "day") : date.format(time);
}

/** A time for lists: the time of day where it is today, else the date. */
export function briefTime(at: string): string {
  const time = new Date(at);
  return daysAgo(time) === 0 ? clock.format(time) : shortDate.format(time);
}

/** Whether two times are on one day. */
export function isSameDay(a: string, b: string): boolean {
  return dayOf(new Date(a)) === dayOf(new Date(b));
}
