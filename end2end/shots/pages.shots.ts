// Pictures of pages at four widths, light and dark, for a person to look at:
//
//   SHOTS_DIR=/tmp/shots npx playwright test --project=shots
//   SHOTS_DIR=… SHOTS_PATHS="/accesso /utenti?righe=25" npx playwright test …
//
// Signed in as the demo school's secretary, except for the paths in `open`.

import { test } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SignInPage } from "../pages/sign-in.page.ts";
import { hydrated } from "../support/hydration.ts";

const folder = process.env.SHOTS_DIR ?? "target/reports/shots";
const paths = process.env.SHOTS_PATHS?.split(/\s+/) ?? ["/accesso", "/utenti", "/importa", "/posta-di-prova"];
const open = ["/accesso"];
const sizes = [
  { width: 1280, height: 800 },
  { width: 1024, height: 768 },
  { width: 768, height: 1024 },
  { width: 320, height: 640 },
];

for (const path of paths) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`${path} ${colorScheme}`, async ({ browser }) => {
      mkdirSync(folder, { recursive: true });
      const context = await browser.newContext({ colorScheme, locale: "it-IT" });
      const page = await context.newPage();
      if (!open.includes(path)) {
        const signIn = new SignInPage(page);
        await signIn.goto();
        await signIn.signIn(
          process.env.SHOTS_ORGANISATION ?? "scuola-demo",
          process.env.SHOTS_USER ?? "segreteria",
          process.env.SHOTS_PASSWORD ?? "demo-Segreteria-2026",
        );
        await signIn.leaveFor(/^(?!\/accesso)/);
      }
      const name = path.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "home";
      for (const size of sizes) {
        await page.setViewportSize(size);
        await page.goto(path);
        await hydrated(page);
        await page.screenshot({ path: join(folder, `${name}-${size.width}-${colorScheme}.png`) });
      }
      await context.close();
    });
  }
}
