// Fresh loads of every page, again and again, looking for complaints of the browser. Not a
// part of `make test`: LOADS=20 npx playwright test --project=loads

import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { enterDemo } from "../support/school.ts";

const rounds = Number(process.env.LOADS ?? 10);

test("every page comes alive at every load", async ({ page, complaints }) => {
  test.setTimeout(0);
  complaints.allow(/status of 404/);
  const any = new BasePage(page);
  for (let i = 0; i < rounds; i++) {
    for (const path of ["/accesso", "/accessibilita"]) await any.open(path);
  }
  await enterDemo(page);
  await any.open("/utenti");
  const user = await page.getByRole("rowheader").getByRole("link").first().getAttribute("href");
  const paths = [
    "/",
    "/utenti",
    "/utenti?pagina=99",
    "/utenti?righe=tutti",
    user!,
    "/utenti/nuovo",
    "/utenti/invio",
    "/operazioni",
    "/posta",
    "/importa",
    "/accessibilita",
    "/non/esiste",
  ];
  for (let i = 0; i < rounds; i++) {
    for (const path of paths) await any.open(path);
    expect(complaints.unexpected(), `round ${i + 1}`).toEqual([]);
  }
});
