// Tracks events with one unmodified Node SDK, for as long as it is told numbers on stdin, and prints the
// `messageId` of each event that the SDK reports as delivered.
"use strict";

const readline = require("readline");
const { sdk, url } = JSON.parse(process.argv[2]);

function rudder() {
  const RudderAnalytics = require("@rudderstack/rudder-sdk-node");
  const client = new RudderAnalytics("WK", { dataPlaneUrl: url, logLevel: "none", flushAt: 5, flushInterval: 50 });
  const pending = [];
  return {
    track: (message) => pending.push(new Promise((done) => client.track(message, (error) => done(!error && message.messageId)))),
    finish: async () => {
      do await client.flush().catch(() => {});
      while (client.queue.length > 0);
      return Promise.all(pending);
    },
  };
}

function segment() {
  const { Analytics } = require("@segment/analytics-node");
  const client = new Analytics({ writeKey: "WK", host: url, maxEventsInBatch: 5, flushInterval: 50, maxRetries: 20 });
  const pending = [];
  return {
    track: (message) => pending.push(new Promise((done) => client.track(message, (error) => done(!error && message.messageId)))),
    finish: async () => {
      await client.closeAndFlush({ timeout: 60000 });
      return Promise.all(pending);
    },
  };
}

const client = { rudder, segment }[sdk]();
const lines = readline.createInterface({ input: process.stdin });
lines.on("line", (number) => client.track({ messageId: `m${number}`, userId: "u", event: "Sent" }));
lines.on("close", async () => {
  const delivered = (await client.finish()).filter(Boolean);
  process.stdout.write(JSON.stringify(delivered), () => process.exit(0));
});
process.on("unhandledRejection", () => {});
