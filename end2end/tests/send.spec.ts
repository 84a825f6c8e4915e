// From a filter to credentials in a mailbox, and in with them.

import { expect, test } from "../fixtures/test.ts";
import { OperationPage, SendPage } from "../pages/send.page.ts";
import { SignInPage } from "../pages/sign-in.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { BasePage } from "../pages/base.page.ts";
import { hydrated } from "../support/hydration.ts";
import { mailsTo } from "../support/mailbox.ts";
import { School, mailFolder, teachers } from "../support/school.ts";

test("credentials sent to everybody found arrive in two mails and let one in, to choose an own password", async ({
  page,
  complaints,
}) => {
  // The short password and the used one are refused.
  complaints.allow(/422.*change_password|401.*sign_in/);
  const address = "lucia.zanetti@docenti.example";
  const school = await School.with([
    ...teachers(12),
    { username: "9000001", surname: "Zanetti", name: "Muto", groups: "Docenti" },
    { username: "9000002", surname: "Zanetti", name: "Via", mail: "via@docenti.example", groups: "Docenti", active: false },
    { username: "9000003", surname: "Abate", name: "Tutrice", mail: "tutrice@famiglie.example", groups: "Tutori" },
    { username: "9000004", surname: "Zanetti", name: "Lucia", mail: address, groups: "Docenti" },
  ]);

  const signIn = new SignInPage(page);
  await signIn.goto();
  await signIn.signIn(school.code, "segreteria", school.of("segreteria").password);
  await signIn.leaveFor("/");

  const users = new UsersPage(page);
  await users.open("/utenti");
  await users.filterByGroups("Docenti");
  await users.expectFound(15);
  await expect(page).toHaveURL(/\/utenti\?gruppo=docenti$/);
  await users.rowsPerPage.selectOption("10");
  await expect(users.rows).toHaveCount(10);
  await users.selectPage.check();
  await expect(users.selection).toContainText("10 utenti selezionati in questa pagina.");
  await users.button("Seleziona tutti i 15 utenti trovati").click();
  await expect(users.selection).toContainText("Tutti i 15 utenti trovati sono selezionati");
  await users.send();

  const send = new SendPage(page);
  await expect(send.title).toHaveText("Controlla e invia le credenziali");
  await expect(send.selected).toHaveText("15 utenti selezionati");
  await expect(send.fact("riceveranno le credenziali")).toContainText("13");
  await expect(send.fact("escluso: casella mail non definita")).toContainText("1");
  await expect(send.fact("escluso: utente non attivo")).toContainText("1");
  await expect(page.getByText("Le password attuali smettono di funzionare quando parte la mail")).toBeVisible();
  await expect(send.preview).toContainText("Codice utente");
  await page.getByRole("tab", { name: "Mail 2: password temporanea" }).click();
  await expect(send.preview).toContainText("Password temporanea");
  await send.button("Invia le credenziali a 13 utenti").click();

  const operation = new OperationPage(page);
  await expect(operation.title).toHaveText(/^Invio credenziali – operazione /);
  await expect(operation.state).toHaveText("Completata", { timeout: 30_000 });
  await expect(page.getByRole("progressbar")).toHaveAccessibleName("13 di 13 utenti (26 mail di 26)");
  await expect(operation.recipient("Zanetti Lucia").getByRole("cell").nth(0)).toContainText("accettata dal server");
  await expect(operation.recipient("Zanetti Lucia").getByRole("cell").nth(1)).toContainText("accettata dal server");

  const mails = (await mailsTo(mailFolder(), address)).filter((m) => m.text?.includes(school.name));
  expect(mails).toHaveLength(2);
  const code = mails.find((m) => m.subject?.startsWith("Il tuo codice utente"))?.text ?? "";
  const secret = mails.find((m) => m.subject?.startsWith("La tua password temporanea"))?.text ?? "";
  const password = /Password temporanea:\s+(\S+)/.exec(secret)?.[1] ?? "";
  expect(code).toMatch(/Codice utente:\s+9000004/);
  expect(code).toMatch(/PIN:\s+\S+/);
  expect(code.replace(/\s+/g, " ")).toContain(`/accesso?ente=${school.code} `);
  expect(password).not.toBe("");
  expect(code, "the secret stands in one mail only").not.toContain(password);
  expect(secret, "the user code stands in one mail only").not.toContain("9000004");

  await page.getByRole("button", { name: "Zampa Segreteria" }).click();
  await page.getByRole("menuitem", { name: "Esci" }).click();
  await signIn.leaveFor("/accesso");
  await signIn.signIn(school.code, "9000004", password.toLowerCase());
  await signIn.leaveFor("/password");
  const change = new BasePage(page);
  await expect(change.title).toHaveText("Scegli la tua password");

  // No page opens before the own password stands.
  await page.goto("/");
  await expect(page).toHaveURL(/\/password/);
  await hydrated(page);
  await change.field("Nuova password").fill("corta");
  await change.button("Salva la password").click();
  await expect(page.getByRole("group", { name: "C'è un problema" }).filter({ hasText: "Scrivi almeno 15 caratteri." })).toBeVisible();
  await change.field("Nuova password").fill("girasoli e biciclette rosse");
  await change.button("Salva la password").click();
  await expect(change.title).toHaveText("Il tuo utente");
  await expect(page.getByText("Password cambiata", { exact: true })).toBeVisible();

  // The temporary one is over.
  await page.context().clearCookies();
  await signIn.goto();
  await signIn.signIn(school.code, "9000004", password);
  await expect(signIn.problem).toContainText("Nome utente o password non corretti");
});

test("a send starts once, however impatiently Enter is pressed", async ({
  page,
}) => {
  const school = await School.with(teachers(2));
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto("?gruppo=docenti");
  await users.selectPage.check();
  await users.send();
  const send = new SendPage(page);
  await expect(send.submit).toHaveText(/Invia le credenziali a 2 utenti/);
  await send.submit.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  const operation = new OperationPage(page);
  await expect(operation.state).toHaveText("Completata", { timeout: 30_000 });
  await operation.open("/operazioni");
  await expect(page.getByRole("row", { name: /Invio credenziali/ })).toHaveCount(1);
  for (const { mail } of teachers(2)) {
    const mails = (await mailsTo(mailFolder(), mail!)).filter((m) => m.text?.includes(school.name));
    expect(mails, mail).toHaveLength(2);
  }
});

test("a start whose answer was lost is taken up by the next press, not doubled", async ({ page, complaints }) => {
  complaints.allow(/ERR_FAILED|Failed to fetch|Failed to load resource/);
  const school = await School.with(teachers(1));
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto("?gruppo=docenti");
  await users.tick("Bianchi Anna").check();
  await users.send();
  const send = new SendPage(page);
  await expect(send.submit).toHaveText(/a 1 utente/);
  let lost = 0;
  await page.route(/\/api\/sending\/start/, async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    await route.abort("failed");
  });
  await send.submit.click();
  const problem = page.getByRole("group", { name: "C'è un problema" }).filter({ hasText: "L'invio non è partito" });
  await expect(problem).toBeVisible();
  expect(lost, "the first start reached the server").toBe(1);
  await send.submit.click();
  const operation = new OperationPage(page);
  await expect(operation.state).toHaveText("Completata", { timeout: 30_000 });
  await operation.open("/operazioni");
  await expect(page.getByRole("row", { name: /Invio credenziali/ })).toHaveCount(1);
});

test("who is left out is repaired on the check page, and above a hundred the number must be typed", async ({ page }) => {
  const school = await School.with([...teachers(101), { username: "9000001", surname: "Zanetti", name: "Muto", groups: "Docenti" }]);
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto("?gruppo=docenti");
  await users.selectPage.check();
  await users.button("Seleziona tutti i 102 utenti trovati").click();
  await users.send();
  const send = new SendPage(page);
  await expect(send.fact("riceveranno le credenziali")).toContainText("101");
  await send.button(/^Correggi/).click();
  await send.button("Aggiungi la mail di Zanetti Muto").click();
  const editor = send.dialog("Mail utente di Zanetti Muto");
  await editor.getByLabel("Mail utente").fill("muto@docenti.example");
  await editor.getByRole("button", { name: "Salva", exact: true }).click();
  await expect(send.fact("riceveranno le credenziali")).toContainText("102");
  await expect(send.fact("casella mail non definita")).toHaveCount(0);

  await send.submit.click();
  const problem = page.getByRole("group", { name: "C'è un problema" });
  await expect(problem).toContainText("Scrivi 102: è il numero degli utenti che riceveranno le mail");
  await expect(page).toHaveURL(/\/utenti\/invio$/);
  const typed = send.field("Per confermare scrivi il numero degli utenti: 102");
  await expect(typed).toHaveAttribute("aria-invalid", "true");
  await typed.fill("102");
  await send.submit.click();
  const operation = new OperationPage(page);
  await expect(operation.title).toHaveText(/^Invio credenziali – operazione /);
  await expect(operation.state).toHaveText("Completata", { timeout: 60_000 });
});
