// What a canton's administrator sets, and what is only read.

import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { expectAccessible, inColours } from "../support/axe.ts";
import { Canton } from "../support/canton.ts";

test("the days of the reminders and the address for reports are set, refused with a reason, and kept", async ({
  page,
  complaints,
}) => {
  complaints.allow(/422/);
  const canton = await Canton.make();
  await canton.enter(page);
  const house = new BasePage(page);
  await house.open("/impostazioni/promemoria");
  await expect(house.title).toHaveText("Promemoria e segnalazioni");
  const days = house.field(/^Promemoria automatici: giorni prima della scadenza/);
  await expect(days).toHaveValue("7, 2");
  for (const [width, height, scheme] of [
    [1280, 800, "light"],
    [320, 640, "dark"],
  ] as const) {
    await page.setViewportSize({ width, height });
    await inColours(page, scheme);
    await expectAccessible(page);
    await house.expectNoSidewaysScroll();
  }
  await days.fill("40");
  await days.press("Enter");
  await expect(page.getByRole("group", { name: "C'è un problema" })).toBeVisible();
  await expect(days).toHaveValue("40");
  await days.fill("10, 3");
  await days.press("Enter");
  await expect(house.messages).toContainText("Impostazioni salvate");
  await house.reload();
  await expect(days).toHaveValue("10, 3");
  await house.open("/registro");
  await expect(page.getByRole("table")).toContainText("10, 3");
});

test("a user who is not active is only read, and the roles of the law keep their names", async ({ page }) => {
  const canton = await Canton.make();
  await canton.enter(page);
  const list = new BasePage(page);
  await list.open("/utenti");
  await expect(page.getByRole("columnheader").nth(1)).toHaveText(/IDext/);
  await list.button("Altri comandi per Riva Ada").click();
  await page.getByRole("menuitem", { name: "Disattiva l'utente" }).click();
  const question = page.getByRole("alertdialog");
  await question.getByLabel("Motivazione").fill("Ha lasciato l'ospedale");
  await question.getByRole("button", { name: /^Disattiva/ }).click();
  await list.link("Apri Riva Ada (sola lettura: utente non attivo)").click();
  await expect(page).toHaveURL(/\/utenti\/\d+/);
  await expect(page.getByRole("textbox", { name: /^Cognome/ })).toHaveCount(0);
  await expectAccessible(page);

  await list.open("/gruppi");
  await list.link("KT_User").first().click();
  await expect(page.getByRole("textbox", { name: /^Nome/ }).first()).toBeHidden();
  await expectAccessible(page);
});
