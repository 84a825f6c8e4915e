// «Stampa lettere con credenziali»: from the list to paper, once.

import { expect, test } from "../fixtures/test.ts";
import { LettersPage } from "../pages/letters.page.ts";
import { SignInPage } from "../pages/sign-in.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { School } from "../support/school.ts";

test("letters for people without a mailbox are made once, printed, confirmed, and let one in", async ({ page, browser }) => {
  const school = await School.with([
    { username: "7000001", surname: "Zeta", name: "Anna", groups: "Tutori" },
    { username: "7000002", surname: "Alfa", name: "Bruno", groups: "Tutori", language: "DE" },
    { username: "7000003", surname: "Beta", name: "Carla", groups: "Tutori", active: false },
  ]);
  await school.enter(page);
  const users = new UsersPage(page);
  await users.open("/utenti?gruppo=tutori");
  await users.selectPage.check();
  await users.button("UTILITA'").click();
  await page.getByRole("menuitem", { name: "Stampa lettere con credenziali (3)" }).click();

  const letters = new LettersPage(page);
  await expect(page.getByText("lettere da stampare")).toBeVisible();
  await expect(page.getByText("esclusi: utente non attivo")).toBeVisible();
  await expect(page.getByText("Le nuove password e i nuovi PIN valgono dal momento")).toBeVisible();
  await expectAccessible(page);
  await letters.button("Prepara 2 lettere").click();
  await expect(letters.button("Ho stampato le lettere")).toBeVisible();
  await expect(letters.papers).toHaveCount(2);
  await expect(letters.papers.nth(0)).toContainText("Alfa Bruno");
  await expect(letters.papers.nth(0)).toContainText("Temporäres Passwort");
  await expect(letters.papers.nth(1)).toContainText("Riservata personale");
  await expect(letters.tally).toContainText("7000001");
  await expectAccessible(page);
  // Nothing but the letters goes to paper: one A4 page each, then the tally.
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("banner")).toBeHidden();
  await expect(letters.papers.nth(0)).toBeVisible();
  await expect(letters.button("Ho stampato le lettere")).toBeHidden();
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(3);
  await page.emulateMedia({ media: "screen" });

  const text = await letters.papers.nth(1).innerText();
  const password = /([2-9A-Z]{4}-){3}[2-9A-Z]{4}/.exec(text)?.[0] ?? "";
  expect(password).not.toBe("");
  expect(page.url()).not.toContain(password);

  // A reload shows that they were shown, and not them.
  // The browser asks before the values go.
  page.once("dialog", (dialog) => dialog.accept());
  await letters.reload();
  await expect(page.getByText("Queste lettere sono già state mostrate")).toBeVisible();
  await expect(page.getByText(password)).toHaveCount(0);
  await letters.button("Ho stampato le lettere").click();
  await expect(page.getByText("Stampa confermata")).toBeVisible();

  const other = await browser.newPage();
  const signIn = new SignInPage(other);
  await signIn.goto();
  await signIn.signIn(school.code, "7000001", password.toLowerCase());
  await signIn.leaveFor("/password");
  await other.close();
});

test("an interrupted print is voided and printed anew, by keyboard", async ({ page }) => {
  const school = await School.with([{ username: "7100001", surname: "Solo", name: "Ugo", groups: "Tutori" }]);
  await school.enter(page);
  const users = new UsersPage(page);
  await users.open("/utenti?gruppo=tutori");
  await users.selectPage.press("Space");
  const letters = new LettersPage(page);
  await letters.open("/utenti/lettere");
  await letters.button("Prepara 1 lettera").press("Enter");
  await expect(letters.papers).toHaveCount(1);
  await letters.button("La stampa è stata interrotta").press("Enter");
  await expect(page.getByRole("alertdialog", { name: "Annullare le lettere?" })).toBeVisible();
  await expectAccessible(page);
  await letters.button("Annulla le lettere").press("Enter");
  await expect(page.getByText("I valori di questa stampa non valgono più.")).toBeVisible();
  await expect(letters.papers).toHaveCount(0);
  await letters.link("Stampa di nuovo").press("Enter");
  await expect(letters.button("Prepara 1 lettera")).toBeVisible();
});
