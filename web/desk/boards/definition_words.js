/** A service level in words: what is divided by what, and what was promised. */
import { duration, percent } from "../language/formats.js";
import { t } from "../language/words.js";

/** @typedef {import("./shapes.d.ts").Level} Level */

/** @param {Pick<Level, "definition" | "threshold_seconds">} level */
export const definitionWords = (level) => t(`report.definition.${level.definition}.long`, { time: exactly(level.threshold_seconds) });

/** @param {Pick<Level, "goal" | "threshold_seconds">} level */
export function goalWords({ goal, threshold_seconds }) {
  const time = exactly(threshold_seconds);
  return goal === null ? t("report.goal.none", { time }) : t("report.goal.words", { goal: percent(goal), time });
}

/** A threshold, nothing rounded away. @param {number} seconds */
function exactly(seconds) {
  const unit = [86_400, 3_600, 60].find((one) => seconds >= one && seconds % one === 0);
  return unit && (seconds > 119 || unit > 60) ? duration(seconds) : t("duration.seconds", { count: seconds });
}
