// Getting in, not getting in, and being put out in the middle of something.

import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { SignInPage } from "../pages/sign-in.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { hydrated } from "../support/hydration.ts";
import { PASSWORD, School, teachers } from "../support/school.ts";

test("a wrong password, an unknown name and an unknown organisation are told in the same words", async ({
  page,
  complaints,
}) => {
  complaints.allow(/401/);
  const school = await School.with([]);
  const signIn = new SignInPage(page);
  const refused: string[] = [];
  for (const [organisation, username, password] of [
    [school.code, "segreteria", "sbagliata ma lunga"],
    [school.code, "nessuno", PASSWORD],
    ["ente-che-non-esiste", "segreteria", PASSWORD],
  ] as const) {
    await signIn.goto();
    await signIn.signIn(organisation, username, password);
    await expect(signIn.problem).toBeVisible();
    await expect(signIn.problem).toBeFocused();
    await expect(page).toHaveTitle(/^Errore: Accesso/);
    await expect(signIn.username, "what was typed stays").toHaveValue(username);
    refused.push((await signIn.problem.innerText()).trim());
  }
  expect(refused[0]).toContain("Nome utente o password non corretti");
  expect(new Set(refused).size, refused.join(" | ")).toBe(1);
  await signIn.signIn(school.code, "segreteria", PASSWORD);
  await signIn.leaveFor("/");
});

test("empty fields are named and led to", async ({ page }) => {
  const signIn = new SignInPage(page);
  await signIn.goto();
  await signIn.username.fill("segreteria");
  await signIn.button("Accedi").click();
  await expect(signIn.problem).toContainText("Inserisci l'ente");
  await expect(signIn.problem).toContainText("Inserisci la password");
  await expect(signIn.problem).not.toContainText("Inserisci il nome utente");
  await signIn.problem.getByRole("link", { name: "Inserisci la password" }).click();
  await expect(signIn.password).toBeFocused();
  await expect(signIn.password).toHaveAccessibleDescription(/Inserisci la password/);
});

test("a page asked for without a session comes after signing in", async ({ page }) => {
  const school = await School.with([]);
  await page.goto("/posta");
  await expect(page).toHaveURL(/\/accesso/);
  await hydrated(page);
  const signIn = new SignInPage(page);
  await signIn.signIn(school.code, "segreteria", PASSWORD);
  await signIn.leaveFor("/posta");
  await expect(signIn.title).toHaveText("Posta in uscita");
});

test("a session that ends in the middle of a form asks for the password and loses nothing", async ({
  page,
  complaints,
}) => {
  complaints.allow(/401/);
  const school = await School.with(teachers(1));
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto("?gruppo=docenti");
  await users.surnames.first().click();
  const sheet = new BasePage(page);
  await expect(sheet.title).toHaveText("Bianchi Anna");
  await sheet.field("Cognome").fill("Bianchi Verdi");
  await page.context().clearCookies();
  await sheet.button("Salva").first().click();

  const again = sheet.dialog("Accedi di nuovo");
  await expect(again).toContainText("La sessione di Zampa Segreteria è terminata");
  await again.getByLabel("Password", { exact: true }).fill("sbagliata davvero molto");
  await again.getByRole("button", { name: "Accedi" }).click();
  await expect(again).toContainText("Nome utente o password non corretti");
  await again.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await again.getByRole("button", { name: "Accedi" }).click();
  await expect(again).toBeHidden();
  await expect(sheet.title).toHaveText("Bianchi Verdi Anna");
  await sheet.open(new URL(page.url()).pathname);
  await expect(sheet.field("Cognome")).toHaveValue("Bianchi Verdi");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("one signs in, is refused in words, changes the password and signs out", async ({ page }) => {
    const school = await School.with([]);
    const signIn = new SignInPage(page);
    await page.goto("/accesso");
    await signIn.signIn(school.code, "segreteria", "sbagliata ma lunga");
    await expect(page.getByText("Nome utente o password non corretti")).toBeVisible();
    await signIn.signIn(school.code, "segreteria", PASSWORD);
    await page.waitForURL((url) => url.pathname === "/");
    await page.goto("/utenti");
    await expect(signIn.title).toHaveText("Utenti di Scuola Digitale");
    await expect(page.getByRole("rowheader").first()).toBeVisible();

    await page.goto("/password");
    await page.getByLabel("Password attuale").fill(PASSWORD);
    await page.getByLabel("Nuova password").fill("girasoli e biciclette rosse");
    await page.getByRole("button", { name: "Salva la password" }).click();
    await expect(page).not.toHaveURL(/\/password/);
    await page.getByRole("button", { name: "Esci" }).click();
    await expect(page).toHaveURL(/\/accesso/);
    await page.goto("/utenti");
    await expect(page).toHaveURL(/\/accesso/);
  });
});
