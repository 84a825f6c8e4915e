import { defineConfig } from "@playwright/test";
import {
  baseURL,
  chromium,
  dataFolder,
  ownServer,
  serverEnvironment,
} from "./end2end/support/environment.ts";

// Chromium's sandbox does not start for root. The rest keeps the browser from
// calling home.
const launchArguments = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: "end2end",
  // Emptied at every start: two runs on one tree need two folders.
  outputDir: process.env.E2E_OUTPUT ?? "target/reports/playwright",
  workers: 2,
  // A build machine gets one more try, so that one bad moment costs no run. It is told: such
  // a test is named at the end of `make test` as flaky. At home nothing is tried again.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [["list"], ["json"]] : [["list"]],
  use: {
    baseURL,
    browserName: "chromium",
    launchOptions: { executablePath: chromium, args: launchArguments },
    locale: "it-IT",
    timezoneId: "Europe/Rome",
    viewport: { width: 1280, height: 800 },
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
  projects: [
    { name: "journeys", testMatch: "tests/**/*.spec.ts" },
    // Fresh loads of every page: LOADS=20 npx playwright test --project=loads
    ...(process.env.LOADS ? [{ name: "loads", testMatch: "loads/**/*.loads.ts" }] : []),
    // Pictures for a person: npx playwright test --project=shots
    ...(process.env.SHOTS_DIR ? [{ name: "shots", testMatch: "shots/**/*.shots.ts" }] : []),
  ],
  webServer: ownServer
    ? {
        command: `end2end/serve ${dataFolder()}`,
        env: serverEnvironment(),
        url: `${baseURL}/readyz`,
        // The first start makes the database and the demo data.
        timeout: 180_000,
        reuseExistingServer: false,
        stdout: "ignore",
        stderr: "pipe",
        gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 },
      }
    : undefined,
});
