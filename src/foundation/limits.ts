import { badInput, notFound } from "./errors.js";

/** The limits of semantics R29. */
export const limits = {
  idCharacters: 128,
  bodyBytes: 65_536,
  titleCharacters: 256,
  syncedMarks: 500,
  page: 100,
  recipientsPage: 500,
  participants: 10_000,
} as const;

type Path = readonly (string | number)[];

/** Ids are 1 to 128 characters of well-formed text without control characters. */
export function isId(text: string): boolean {
  return (
    text.length > 0 &&
    isWithin(text, limits.idCharacters) &&
    // eslint-disable-next-line no-control-regex -- NUL can't be stored, and the others can't be seen
    !/[\u0000-\u001f\u007f]/.test(text) &&
    text.isWellFormed()
  );
}

/** Characters are code points: one emoji is one. */
function isWithin(text: string, characters: number): boolean {
  return text.length <= characters || [...text].length <= characters;
}

/**
 * @returns the id, good to be stored
 * @throws {AppError} BAD_USER_INPUT
 */
export function checkId(path: Path, id: string): string {
  if (!isId(id))
    throw badInput(
      path,
      `must be 1 to ${limits.idCharacters} characters, none of them a control character.`,
    );
  return id;
}

/**
 * An id that is to name something: one past the limit is refused; one that nothing can be called is
 * not found, like any other that names nothing.
 */
export function checkKnownId(path: Path, id: string, what: string): string {
  checkIdLength(path, id);
  if (!isId(id)) throw notFound(what);
  return id;
}

/** Refuses an id past the limit. */
export function checkIdLength(path: Path, id: string): string {
  if (!isWithin(id, limits.idCharacters))
    throw badInput(path, `must be at most ${limits.idCharacters} characters.`);
  return id;
}

/** A short text such as a title or a content type. */
export function checkLabel(
  path: Path,
  text: string,
  characters: number,
): string {
  if (!isWithin(text, characters))
    throw badInput(path, `must be at most ${characters} characters.`);
  return checkText(path, text);
}

/** A message's body. */
export function checkBody(path: Path, body: string): string {
  if (Buffer.byteLength(body) > limits.bodyBytes)
    throw badInput(path, `must be at most ${limits.bodyBytes} bytes of UTF-8.`);
  return checkText(path, body);
}

/** How many of something; `limit` at most. */
export function checkCount(path: Path, count: number, limit: number): number {
  if (count < 0 || count > limit)
    throw badInput(path, `must be between 0 and ${limit}.`);
  return count;
}

/** Postgres stores no NUL, and half a surrogate pair would come back as another character. */
function checkText(path: Path, text: string): string {
  if (text.includes("\0") || !text.isWellFormed())
    throw badInput(path, "must be well-formed Unicode without NUL.");
  return text;
}
