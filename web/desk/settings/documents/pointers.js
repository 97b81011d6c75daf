/** Places in a JSON document, as pointers (RFC 6901) and as paths. Pure; nothing is changed in place. */

/** @typedef {readonly (string | number)[]} Path */

/** @param {Path} path */
export function pointer(path) {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** @param {string} text @returns {string[]} */
export function steps(text) {
  return text.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What stands there; undefined where nothing does. @param {any} document @param {Path} path */
export function at(document, path) {
  let found = document;
  for (const step of path) {
    if (found === null || typeof found !== "object" || !Object.hasOwn(found, step)) return undefined;
    found = found[step];
  }
  return found;
}

/** The document with another value there; objects on the way are made. @param {any} document @param {Path} path @param {any} value @returns {any} */
export function put(document, path, value) {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(document)) return document.with(Number(step), put(document[Number(step)], rest, value));
  const holder = document ?? {};
  const below = Object.hasOwn(holder, step) ? holder[step] : undefined;
  return withMember(holder, String(step), put(below, rest, value));
}

/** The document without what stands there. @param {any} document @param {Path} path @returns {any} */
export function take(document, path) {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (Array.isArray(document)) {
    const place = Number(step);
    return rest.length ? document.with(place, take(document[place], rest)) : document.toSpliced(place, 1);
  }
  if (!Object.hasOwn(document, step)) return document;
  if (rest.length) return withMember(document, String(step), take(document[step], rest));
  return Object.fromEntries(Object.entries(document).filter(([name]) => name !== step));
}

/** @param {any} value */
export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** The list with one element moved up (-1) or down (1); as it is at its ends. @template T @param {readonly T[]} list @param {number} from @param {number} by @returns {T[]} */
export function moved(list, from, by) {
  const to = from + by;
  const one = list[from];
  if (one === undefined || to < 0 || to >= list.length) return [...list];
  return list.toSpliced(from, 1).toSpliced(to, 0, one);
}

/** Whether two documents say the same; the order of members does not count. @param {any} one @param {any} other @returns {boolean} */
export function same(one, other) {
  if (one === other) return true;
  if (one === null || other === null || typeof one !== "object" || typeof other !== "object") return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length
    && names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]));
}

/** Entries and not assignment: a member may be called `__proto__`. @param {Record<string, any>} holder @param {string} name @param {any} value */
function withMember(holder, name, value) {
  const there = Object.hasOwn(holder, name);
  const entries = Object.entries(holder).map(([other, stays]) => [other, other === name ? value : stays]);
  return Object.fromEntries(there ? entries : [...entries, [name, value]]);
}
