/** An agent's profile as it is being edited. */
import { call, read } from "../../api/api.js";
import { Draft } from "../documents/draft.js";

/** @typedef {import("../documents/draft.js").Version} Version */

export class AgentProfile extends Draft {
  /** @param {string} id */
  constructor(id) {
    super(`agents.${id}`);
    this.path = `/agents/${encodeURIComponent(id)}`;
  }

  /** Read it, and take up the draft that this tab has kept. Never raises. */
  async open() {
    this.problem.value = null;
    try {
      const current = await this.readNewest();
      const kept = this.kept();
      // Earlier versions of a profile are not kept anywhere: a draft of one goes on from what there is.
      if (!kept) this.adopt(current);
      else this.takeUp(kept, this.base.peek()?.version === kept.version ? this.base.peek() ?? current : { ...current, version: kept.version }, current);
    } catch (error) {
      this.problem.value = error;
    }
  }

  /** @override */
  async readNewest() { return versionOf(await read(this.path)); }

  /** Without the endpoints, which stay as they are. @returns {Promise<import("../documents/draft.js").Outcome>} */
  async save() {
    const sent = this.draft.peek();
    const answer = await this.judged(() => call("PUT", this.path, { ...this.condition(), body: sent }));
    if (typeof answer === "string") return answer;
    this.saved(versionOf(answer.data), sent);
    return "saved";
  }
}

/** @type {Map<string, AgentProfile>} */
const profiles = new Map();

/** @param {string} id */
export function profileOf(id) {
  const found = profiles.get(id) ?? new AgentProfile(id);
  profiles.set(id, found);
  return found;
}

/** @param {any} answer @returns {Version} */
function versionOf({ version, profile }) {
  const { endpoints: _, ...document } = profile;
  return { version, document };
}
