import { badInput, notFound } from "./errors.js";

/** The limits of R29, and of short texts. */
export const limits = {
  idCharacters: 128,
  bodyBytes: 65_536,
  titleCharacters: 256,
  /** Of a message's `type` and `fileType`. */
  typeCharacters: 128,
  syncedMarks: 500,
  page: 100,
  recipientsPage: 500,
  participants: 10_000,
} as const;

type Path = readonly (string | number)[];

/** Most ids: printable ASCII, with no space at either end. */
const plainId = /^[!-~]([ -~]*[!-~])?$/;

/**
 * What can't be seen, or looks like a plain space: control and format characters (zero width, changes of
 * direction, tags), separators of lines and paragraphs, and every space but U+0020.
 */
const unseen =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;

/**
 * Whether a text can be an id, of whatever kind: 1 to 128 characters of well-formed text in Unicode's normal
 * form C, no character of which is unseen, with no space at either end. So no two ids look alike for what
 * can't be seen in them. An id is taken as it is, or refused; it is never changed.
 */
export function isId(text: string): boolean {
  if (text.length === 0 || !isWithin(text, limits.idCharacters)) return false;
  if (plainId.test(text)) return true;
  return (
    text.isWellFormed() &&
    !unseen.test(text) &&
    text.trim() === text &&
    text.normalize("NFC") === text
  );
}

/** Whether a text has at most so many characters. Characters are code points, so an emoji counts once. */
function isWithin(text: string, characters: number): boolean {
  return text.length <= characters || [...text].length <= characters;
}

/**
 * Checks an id that is to be stored.
 * @returns the id
 * @throws {AppError} BAD_USER_INPUT
 */
export function checkId(path: Path, id: string): string {
  if (!isId(id))
    throw badInput(
      path,
      `must be 1 to ${limits.idCharacters} characters in normal form C, none of them invisible, without spaces at its ends.`,
    );
  return id;
}

/**
 * Checks an id that is to name something that exists. An id that nothing can have is not found, like
 * any other id that names nothing.
 * @returns the id
 * @throws {AppError} BAD_USER_INPUT for an id past the limit, NOT_FOUND
 */
export function checkKnownId(path: Path, id: string, what: string): string {
  checkIdLength(path, id);
  if (!isId(id)) throw notFound(what);
  return id;
}

/**
 * Checks the length of an id.
 * @returns the id
 * @throws {AppError} BAD_USER_INPUT
 */
export function checkIdLength(path: Path, id: string): string {
  if (!isWithin(id, limits.idCharacters))
    throw badInput(path, `must be at most ${limits.idCharacters} characters.`);
  return id;
}

/**
 * Checks a short text such as a title or a content type.
 * @returns the text
 * @throws {AppError} BAD_USER_INPUT
 */
export function checkLabel(
  path: Path,
  text: string,
  characters: number,
): string {
  if (!isWithin(text, characters))
    throw badInput(path, `must be at most ${characters} characters.`);
  return checkText(path, text);
}

/**
 * Checks a message's body.
 * @returns the body
 * @throws {AppError} BAD_USER_INPUT
 */
export function checkBody(path: Path, body: string): string {
  if (Buffer.byteLength(body) > limits.bodyBytes)
    throw badInput(path, `must be at most ${limits.bodyBytes} bytes of UTF-8.`);
  return checkText(path, body);
}

/**
 * Checks a number of items that is asked for: 0 to `limit`.
 * @returns the number
 * @throws {AppError} BAD_USER_INPUT
 */
export function checkCount(path: Path, count: number, limit: number): number {
  if (count < 0 || count > limit)
    throw badInput(path, `must be between 0 and ${limit}.`);
  return count;
}

/** Embeddings, overrides and isolates of the bidirectional algorithm: they reorder the text around them. */
const reordering = /[\u202a-\u202e\u2066-\u2069]/;

/**
 * Checks a text that is shown beside others' texts, such as a title.
 * @returns the text
 * @throws {AppError} BAD_USER_INPUT
 */
export function checkTitle(path: Path, text: string): string {
  if (reordering.test(text))
    throw badInput(path, "must not reorder the text around it.");
  return checkLabel(path, text, limits.titleCharacters);
}

/** A name of a profile without what reorders the text around it, or can't be seen in a line. */
export function shownName(text: string): string {
  return text.replace(/[\u202a-\u202e\u2066-\u2069\p{Cc}\p{Zl}\p{Zp}]/gu, "");
}

/** Checks that Postgres can store a text: it stores no NUL, and half a surrogate pair would come back as another character. */
function checkText(path: Path, text: string): string {
  if (text.includes("\0") || !text.isWellFormed())
    throw badInput(path, "must be well-formed Unicode without NUL.");
  return text;
}
