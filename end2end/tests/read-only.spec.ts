// Who may only read: nothing to tick, nothing to send, and a straight answer at a closed door.

import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { School, teachers } from "../support/school.ts";

test("the protocol office reads the list and can neither select, change nor send", async ({ page }) => {
  const school = await School.with([...teachers(2), { username: "9000001", surname: "Zanetti", name: "Muto", groups: "Docenti" }]);
  await school.staff("protocollo", "Ufficio protocollo");
  await school.enter(page, "protocollo");
  const users = new UsersPage(page);
  await users.goto();
  await expect(users.row("Bianchi Anna")).toBeVisible();
  await expect(users.table.getByRole("checkbox")).toHaveCount(0);
  await expect(users.link("Nuovo utente")).toHaveCount(0);
  await expect(users.button(/^Aggiungi/)).toHaveCount(0);
  await expect(users.link("Modifica Bianchi Anna")).toHaveCount(0);
  await expect(users.link("Apri Bianchi Anna")).toBeVisible();
  await users.tools.click();
  await expect(users.item("Esporta elenco (CSV)")).toBeVisible();
  await expect(users.item(/Invio credenziali/)).toHaveCount(0);
  await page.keyboard.press("Escape");
  const navigation = page.getByRole("navigation", { name: "Principale" });
  await expect(navigation.getByRole("link", { name: "Utenti" })).toBeVisible();
  await expect(navigation.getByRole("link", { name: "Posta in uscita" })).toHaveCount(0);
  await expect(navigation.getByRole("link", { name: "Importa" })).toHaveCount(0);

  await users.link("Apri Bianchi Anna").click();
  const sheet = new BasePage(page);
  await expect(sheet.title).toHaveText("Bianchi Anna");
  await expect(sheet.button(/^(Salva|Disattiva|Invia credenziali|Modifica gruppi)/)).toHaveCount(0);
  await expect(page.getByRole("main").getByRole("textbox")).toHaveCount(0);
});

test("a closed page answers by its direct address, with the right that is missing and whom to ask", async ({ page }) => {
  const school = await School.with(teachers(1));
  await school.account("direzione");
  await school.staff("protocollo", "Ufficio protocollo");
  await school.enter(page, "protocollo");
  const closed = new BasePage(page);
  for (const [path, right] of [
    ["/utenti/invio", "inviare le credenziali"],
    ["/posta", "inviare le credenziali"],
    ["/utenti/nuovo", "gestire gli utenti"],
  ] as const) {
    await closed.open(path);
    await expect(closed.title, path).toHaveText("Non hai l'autorizzazione per vedere questa pagina");
    await expect(page.getByText(`Serve il diritto «${right}».`), path).toBeVisible();
    await expect(page.getByText(/^Responsabile: .*direzione/i), path).toBeVisible();
  }
  await closed.open("/importa");
  await expect(page.getByRole("main").getByRole("button", { name: "Carica e controlla" })).toHaveCount(0);
  await expect(closed.title).toBeVisible();
});

test("a user without rights finds a calm page that names whom to ask", async ({ page }) => {
  const school = await School.with([]);
  await school.staff("docente", "Docenti");
  await school.enter(page, "docente");
  const home = new BasePage(page);
  await home.open("/");
  await expect(home.title).toHaveText("Il tuo utente");
  await expect(page.getByText("Zampa Docente").first()).toBeVisible();
  await expect(page.getByText("anagrafica non allineata")).toBeVisible();
  await home.open("/utenti");
  await expect(home.title).toHaveText("Non hai l'autorizzazione per vedere questa pagina");
});
