/** What a notice says to an agent, if it is about anything of theirs. */

/**
 * The key of its words; empty where it says nothing to them.
 *
 * @param {string} notice @param {Record<string, any>} data @param {string} agentId
 */
export function noticeKey(notice, data, agentId) {
  const isTheirs = data.agent_id === agentId;
  if (notice === "message.not_delivered") {
    // It goes to who wrote it and to whose conversation it is by now; where no agent has it, it rings besides.
    if (data.written_by === agentId) return "notice.message.not_delivered";
    return isTheirs ? "notice.message.lost" : "";
  }
  if (notice === "message.arrived") return isTheirs ? "notice.message.arrived" : "";
  return isTheirs || !data.agent_id ? `notice.${notice}` : "";
}
