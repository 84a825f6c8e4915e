// The access review: confirmed or ended, each with a motivation.
import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { Canton } from "../support/canton.ts";

test("an access is confirmed or ended with a motivation, in German", async ({ page, context }) => {
  const canton = await Canton.make();
  await canton.enter(page);
  await context.addCookies([{ name: "delega_lang", value: "de", url: new URL(test.info().project.use.baseURL!).origin }]);
  const at = new BasePage(page);
  await at.open("/revisione");
  await expect(at.title).toHaveText("Zu prüfen");
  await expect(at.row(/Riva/)).toContainText("Nie angemeldet");
  await expectAccessible(page);
  await at.button("Bestätigen Zugang von Riva Ada").click();
  const ask = page.getByRole("alertdialog", { name: "Zugang von Riva Ada bestätigen?" });
  await ask.getByRole("textbox", { name: "Begründung" }).fill("   kurz   ");
  await ask.getByRole("button", { name: "Zugang bestätigen" }).click();
  await expect(ask).toBeVisible();
  await expectAccessible(page);
  await ask.getByRole("textbox", { name: "Begründung" }).fill("Arbeitet weiter auf der Station");
  await ask.getByRole("button", { name: "Zugang bestätigen" }).click();
  await expect(at.row(/Riva/)).toHaveCount(0);
  await at.button("Beenden Zugang von Lago Bruno").click();
  const end = page.getByRole("alertdialog", { name: "Zugang von Lago Bruno beenden?" });
  await end.getByRole("textbox", { name: "Begründung" }).fill("Hat das Spital verlassen");
  await end.getByRole("button", { name: "Zugang beenden" }).click();
  await expect(at.row(/Lago/)).toHaveCount(0);
});
