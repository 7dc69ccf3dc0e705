// Runs each feature and prints {name: "ok", or what was wrong} as one line of JSON.
import assert from "node:assert/strict";

export const [base] = process.argv.slice(2);

export async function control(path, body, method) {
  const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : { method: method ?? "GET" };
  const answer = await fetch(`${base}/sandbox/${path}`, options);
  assert.equal(answer.status, 200, `${path}: ${answer.status}`);
  return answer.json();
}

export async function until(look, what) {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}

export async function run(features) {
  const told = {};
  for (const [name, feature] of Object.entries(features)) {
    try { await feature(); told[name] = "ok"; } catch (error) { told[name] = String(error.message).split("\n")[0]; }
  }
  console.log(JSON.stringify(told));
  process.exit(0);
}
