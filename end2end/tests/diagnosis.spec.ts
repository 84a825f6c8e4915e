// «Perché non riesce ad accedere?»: seen and repaired on the user's page.

import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { SignInPage } from "../pages/sign-in.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { School } from "../support/school.ts";

test("the office sees the obstacles in order, repairs one in place and copies the explanation", async ({
  page,
  context,
  complaints,
}) => {
  complaints.allow(/401.*sign_in/);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const school = await School.with([
    { username: "8000001", surname: "Verdi", name: "Lia", groups: "Alunni", active: false, language: "FR" },
  ]);
  // A try at the door that the office reads later.
  const signIn = new SignInPage(page);
  await signIn.goto();
  await signIn.signIn(school.code, "8000001", "non la mia password");
  await expect(signIn.problem).toBeVisible();

  await school.enter(page);
  const office = new BasePage(page);
  await office.open("/utenti?gruppo=alunni");
  await office.button("Altri comandi per Verdi Lia").click();
  await page.getByRole("menuitem", { name: "Perché non riesce ad accedere?" }).click();
  const section = page.getByRole("region", { name: "Perché non riesce ad accedere?" });
  const checks = section.getByRole("list").first().getByRole("listitem");
  await expect(checks).toHaveCount(5);
  await expect(checks.nth(0)).toContainText("da risolvere");
  await expect(checks.nth(1)).toContainText("Non ha nessuna password valida.");
  await expect(checks.nth(2)).toContainText("Casella mail non definita");
  await expect(checks.nth(3)).toContainText("L'utente vede «anagrafica non allineata»");
  await expect(checks.nth(4)).toContainText("in ordine");
  await expect(section).toContainText("Nessuna password: credenziali mai ricevute");
  await expectAccessible(page);

  await checks.nth(0).getByRole("button", { name: "Riattiva" }).press("Enter");
  await expect(checks.nth(0)).toContainText("in ordine");
  await section.getByRole("button", { name: "Copia spiegazione per l'utente" }).press("Enter");
  await expect(section.getByText("Spiegazione copiata")).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("Bonjour Lia Verdi,");
  expect(copied, "no secret, no code").not.toContain("8000001");
});
