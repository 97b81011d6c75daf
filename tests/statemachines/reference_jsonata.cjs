// Evaluates what stands on standard input, [[expression, {variable: value}], ...], and answers with
// [value], or [] for nothing and for an error, of each.
const jsonata = require("jsonata");

async function evaluated([expression, bound]) {
  try {
    const value = await jsonata(expression).evaluate(undefined, bound);
    return value === undefined ? [] : [value];
  } catch {
    return [];
  }
}

const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk));
process.stdin.on("end", async () => {
  const asked = JSON.parse(Buffer.concat(chunks).toString());
  process.stdout.write(JSON.stringify(await Promise.all(asked.map(evaluated))));
});
