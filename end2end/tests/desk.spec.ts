// The own desk: a number is the list it leads to.
import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { School } from "../support/school.ts";

test("a number on the desk leads to the list it counts", async ({ page }) => {
  const school = await School.with([
    { surname: "Muti", name: "Anna", groups: "Docenti" },
    { surname: "Posta", name: "Bice", mail: "bice@docenti.example", groups: "Docenti" },
  ]);
  await school.enter(page);
  const desk = new BasePage(page);
  await desk.open("/");
  await expect(desk.title).toHaveText("Pagina principale");
  await expectAccessible(page);
  // Anna and the secretary's own account.
  const tile = desk.link(/2\s*Utenti senza mail/);
  await tile.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/utenti\?mail=manca$/);
  await expect(page.getByText("Totale elementi trovati in base al filtro: 2")).toBeVisible();
  await expect(desk.row(/Muti/)).toBeVisible();
  await expect(desk.row(/Posta/)).toHaveCount(0);
});
