// Drives one unmodified Node SDK: reads what to do as JSON on stdin, prints what became of it as JSON.
"use strict";

const KINDS = ["track", "identify", "page", "screen", "group", "alias"];

function rudder({ url, key, options }, report) {
  const RudderAnalytics = require("@rudderstack/rudder-sdk-node");
  const client = new RudderAnalytics(key, { dataPlaneUrl: url, logLevel: "none", flushInterval: 60000, ...options });
  return {
    send: (kind, message) =>
      client[kind](message, (error) => error && report.errors.push(String(error))),
    finish: async () => {
      // One flush sends one batch; and what a callback hears comes a turn later.
      do await client.flush().catch(() => {});
      while (client.queue.length > 0);
      await Promise.resolve(client.pendingFlush).catch(() => {});
      await new Promise(setImmediate);
    },
  };
}

function segment({ url, key, options }, report) {
  const { Analytics } = require("@segment/analytics-node");
  const client = new Analytics({ writeKey: key, host: url, flushInterval: 60000, ...options });
  client.on("error", (error) => report.errors.push(String(error.reason?.status ?? error.reason ?? error.code)));
  client.on("http_request", () => report.requests++);
  return {
    send: (kind, message) => client[kind](message),
    finish: () => client.closeAndFlush({ timeout: 20000 }),
  };
}

async function main() {
  const job = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const report = { errors: [], requests: 0 };
  const client = { rudder, segment }[job.sdk](job, report);
  for (const [kind, message] of job.calls) {
    if (!KINDS.includes(kind)) throw new Error(`no such call: ${kind}`);
    client.send(kind, message);
  }
  await client.finish();
  process.stdout.write(JSON.stringify(report));
  process.exit(0);
}

// The SDK rejects a promise that nobody can await: its own timer's.
process.on("unhandledRejection", () => {});
main();
