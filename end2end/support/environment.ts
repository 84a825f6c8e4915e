// Settings that the config, the fixtures and the tests share. The config runs
// first, in the runner; what it puts into process.env reaches every worker.

import { randomBytes, randomInt } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

// A port of its own for each run, so that two runs on one machine do not meet.
process.env.E2E_PORT ??= String(randomInt(20_000, 30_000));

/** Where the server under test answers. Set E2E_BASE_URL to test one that runs. */
export const baseURL = process.env.E2E_BASE_URL ?? `http://127.0.0.1:${process.env.E2E_PORT}`;

/** Whether the tests start the server themselves. */
export const ownServer = process.env.E2E_BASE_URL === undefined;

/** Debian's browser; Playwright's own downloads are not used. */
export const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

/**
 * The server's data folder, with its database and the mails it wrote. Named
 * here, made and removed by end2end/serve.
 */
export function dataFolder(): string {
  process.env.E2E_DATA_DIR ??= join(tmpdir(), `delega-e2e-${randomBytes(6).toString("hex")}`);
  return process.env.E2E_DATA_DIR;
}

/** The environment of the server under test. */
export function serverEnvironment(): Record<string, string> {
  return {
    DELEGA_DATA_DIR: dataFolder(),
    DELEGA_LISTEN: new URL(baseURL).host,
    DELEGA_BASE_URL: baseURL,
    // The hold before a send is a minute for people; a test would wait it out.
    DELEGA_SEND_HOLD_SECONDS: process.env.DELEGA_SEND_HOLD_SECONDS ?? "0",
  };
}
