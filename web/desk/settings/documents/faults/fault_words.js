/** What the API finds wrong at a place of a document, as keys of words and their values. Pure. */

/** @typedef {{key: string, values: Record<string, string | number>}} Said */

/** @type {[RegExp, string, string[]][]} */
const KNOWN = [
  [/^Field required$/, "required", []],
  [/^Extra inputs are not permitted$/, "extra", []],
  [/^(?:Input|Value) should be a valid integer/, "integer", []],
  [/^Input should be a valid (?:number|decimal)/, "number", []],
  [/^Input should be a valid string$/, "string", []],
  [/^Input should be a valid list$/, "list", []],
  [/^Input should be a valid dictionary/, "object", []],
  [/^Input should be a valid boolean/, "boolean", []],
  [/^Input should be a valid date/, "date", []],
  [/^Input should be greater than or equal to (\S+)$/, "at_least", ["least"]],
  [/^Input should be less than or equal to (\S+)$/, "at_most", ["most"]],
  [/^String should have at least (\d+) characters?$/, "longer", ["least"]],
  [/^String should have at most (\d+) characters?$/, "shorter", ["most"]],
  [/^(?:List|Tuple|Dictionary) should have at most (\d+) items?/, "fewer", ["most"]],
  [/^(?:List|Tuple|Dictionary) should have at least (\d+) items?/, "more", ["least"]],
  [/^String should match pattern/, "pattern", []],
  [/^Input should be ('.+)$/, "one_of", ["choices"]],
  [/^\S*: (\S+) is not in (\w+)$/, "not_there", ["name", "kind"]],
  [/^(\S+): (\d+) waiting$/, "waiting", ["queue", "count"]],
  [/not an IANA time zone/, "time_zone", []],
  [/ends before it begins$/, "ends_early", []],
  [/must not open and close at one time/, "no_time", []],
  [/weekly names (\w+) more than once/, "day_twice", ["day"]],
  [/nearest colour on which it can is (#[0-9a-f]{6})$/, "unreadable_colour", ["colour"]],
  [/^not an origin, such as/, "origin", []],
  [/^https is needed/, "https", []],
  [/^origins name (.+) more than once$/, "origin_twice", ["origin"]],
  [/^the last policy must fit all/, "last_policy", []],
  [/^two policies have the same name$/, "policy_twice", []],
  [/cannot reassign: only agent_silence/, "reassign", []],
  [/^text '(\w+)' has no value for (.+)$/, "no_value", ["text", "names"]],
  [/is longer than a button, (\d+) characters$/, "shorter", ["most"]],
  [/^there is no placeholder '(.*)'; there are: (.+)$/, "placeholder", ["name", "names"]],
  [/^a brace stands alone/, "brace", []],
  [/^name either canned or text$/, "canned_or_text", []],
  [/^one reply at most$/, "one_reply", []],
  [/^snooze, resolve and transfer come last$/, "ending_last", []],
  [/: there is no canned reply (\S+)$/, "canned_reply", ["name"]],
];

/** Which document a place is of that another document's fault names. @type {Record<string, string>} */
const OWNERS = {
  queues: "queues", rules: "routing", policies: "sla_policies", teams: "teams", subscriptions: "subscriptions",
  replies: "canned_replies", macros: "canned_replies",
};

/** Null where only the API's own words say it. @param {string} detail @param {boolean} [isHere] whether it is of a place in this document @returns {Said | null} */
export function saidOf(detail, isHere = true) {
  const plain = detail.replace(/^(Value|Assertion) error, /, "");
  const elsewhere = isHere ? null : /^([a-z]+)\/\S*: (\S+) is not in \w+$/.exec(plain);
  if (elsewhere) return { key: "fault.named_elsewhere", values: { name: elsewhere[2] ?? "", kind: OWNERS[elsewhere[1] ?? ""] ?? "" } };
  for (const [pattern, key, names] of KNOWN) {
    const match = pattern.exec(plain);
    if (match) return { key: `fault.${key}`, values: Object.fromEntries(names.map((name, i) => [name, figure(match[i + 1] ?? "")])) };
  }
  return null;
}

/** @param {string} text */
function figure(text) {
  return /^\d+$/.test(text) ? Number(text) : text;
}
