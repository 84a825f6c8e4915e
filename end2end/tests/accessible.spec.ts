// Every page and everything that opens over one: no axe violation at two sizes, light and
// dark; nothing wider than a telephone; nothing that German words push out.

import { expect, test, type Page } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { GroupsDialog } from "../pages/groups.dialog.page.ts";
import { ImportPage } from "../pages/import.page.ts";
import { OperationPage, SendPage } from "../pages/send.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { expectAccessible, inColours } from "../support/axe.ts";
import { Canton } from "../support/canton.ts";
import { baseURL } from "../support/environment.ts";
import { School, teachers } from "../support/school.ts";

// Axe looks at pages six times slower than a person; each test here looks many times.
test.setTimeout(300_000);
// A colour on its way is neither of the two.
test.use({ contextOptions: { reducedMotion: "reduce" } });

const sizes = [
  { width: 1280, height: 800 },
  { width: 768, height: 1024 },
];

/** What is on the screen now, at both sizes, light and dark. */
async function expectAccessibleEverywhere(page: Page, what: string): Promise<void> {
  await test.step(what, async () => {
    for (const size of sizes) {
      await page.setViewportSize(size);
      for (const colorScheme of ["light", "dark"] as const) {
        await inColours(page, colorScheme);
        await test.step(`${size.width} ${colorScheme}`, () => expectAccessible(page));
      }
    }
    await page.setViewportSize(sizes[0]!);
    await inColours(page, "light");
  });
}

/** A page: axe, and no horizontal scroll down to 320 pixels. */
async function expectSound(page: Page, what: string): Promise<void> {
  await expectAccessibleEverywhere(page, what);
  await test.step(`${what} at 320 px`, async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await new BasePage(page).expectNoSidewaysScroll();
    await page.setViewportSize(sizes[0]!);
  });
}

/** Somebody of every kind: without mail, inactive, in several groups, with a long name. */
async function lively(): Promise<School> {
  return School.with([
    ...teachers(6),
    { username: "9000001", surname: "Zanetti", name: "Muto", groups: "Docenti, Tutori, Alunni" },
    { username: "9000002", surname: "Zanetti", name: "Via", mail: "via@docenti.example", groups: "Tutori", active: false },
    {
      username: "9000003",
      surname: "Wolfeschlegelsteinhausenbergerdorff",
      name: "Massimiliano Bartolomeo",
      mail: "massimiliano.bartolomeo.wolfeschlegelsteinhausen@corrispondenza.docenti.example",
      groups: "Docenti",
    },
  ]);
}

test("the public pages", async ({ page, complaints }) => {
  complaints.allow(/40[14]/);
  const open = new BasePage(page);
  await open.open("/accesso");
  await expectSound(page, "/accesso");
  await open.button("Accedi").click();
  await expect(page.getByRole("group", { name: "C'è un problema" })).toBeVisible();
  await expectAccessibleEverywhere(page, "/accesso with errors");
  await open.open("/accessibilita");
  await expectSound(page, "/accessibilita");
  await open.button("Aiuto").click();
  await expect(open.dialog("Aiuto")).toBeVisible();
  await expectAccessibleEverywhere(page, "help");
});

test("the list of users, its menus and its dialogs", async ({ page }) => {
  // Nine states, each looked at four times.
  test.setTimeout(420_000);
  const school = await lively();
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto("?stato=attivo#q=a");
  await expectSound(page, "/utenti");
  await users.groupFilter.click();
  await expectAccessibleEverywhere(page, "group filter");
  await page.keyboard.press("Escape");
  await users.tools.click();
  await expectAccessibleEverywhere(page, "UTILITA' with nobody selected");
  await page.keyboard.press("Escape");
  await users.selectPage.check();
  await expectAccessibleEverywhere(page, "selection");
  await users.button("Altri comandi per Bianchi Anna").click();
  await expectAccessibleEverywhere(page, "row menu");
  await page.keyboard.press("Escape");
  await users.searchFor("zanetti");
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await expectAccessibleEverywhere(page, "keep or deselect");
  await page.getByRole("alertdialog").getByRole("button", { name: "Deseleziona" }).click();
  await users.button("Aggiungi la mail di Zanetti Muto").click();
  await users.dialog(/^Mail utente di/).getByRole("button", { name: "Salva", exact: true }).focus();
  await users.dialog(/^Mail utente di/).getByLabel("Mail utente").fill("senza chiocciola");
  await page.keyboard.press("Enter");
  await expectAccessibleEverywhere(page, "mail editor with an error");
  await page.keyboard.press("Escape");
  await users.searchFor("xyz non c'è");
  await expect(page.getByText("Nessun utente corrisponde ai filtri.")).toBeVisible();
  await expectSound(page, "nobody found");
  await users.goto("?righe=tutti");
  await expectAccessibleEverywhere(page, "Tutti");
});

test("the groups dialog", async ({ page }) => {
  const school = await lively();
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto();
  await users.groupsOf("Bianchi Anna").click();
  const groups = new GroupsDialog(page);
  await expect(groups.group("Docenti")).toBeChecked();
  await expectAccessibleEverywhere(page, "groups");
  await groups.group("Tutori").check();
  await page.keyboard.press("Escape");
  await expect(groups.alert).toBeVisible();
  await expectAccessibleEverywhere(page, "groups, unsaved");
  await page.setViewportSize({ width: 320, height: 640 });
  await groups.expectNoSidewaysScroll();
  await expect(groups.close, "the buttons stay within reach").toBeInViewport();
  await page.setViewportSize(sizes[0]!);
  await groups.button("CHIUDI e salva").click();
  await expect(page.getByRole("region", { name: "Messaggi", exact: true })).toBeVisible();
  await expectAccessibleEverywhere(page, "toast");
});

test("a user's page and the form of a new one", async ({ page }) => {
  const school = await lively();
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto();
  await users.link("Modifica Zanetti Muto").click();
  const sheet = new BasePage(page);
  await expect(sheet.title).toHaveText("Zanetti Muto");
  await expectSound(page, "/utenti/:id");
  await sheet.field("Cognome").fill("");
  await sheet.button("Salva").first().click();
  await expect(page.getByRole("group", { name: "C'è un problema" })).toBeVisible();
  await expectAccessibleEverywhere(page, "/utenti/:id with errors");
  await page.getByRole("navigation", { name: "Principale" }).getByRole("link", { name: "Utenti" }).click();
  await expectAccessibleEverywhere(page, "unsaved changes");
  await sheet.button("Esci senza salvare").click();
  await expect(page).toHaveURL(/\/utenti$/);
  await users.link("Modifica Bianchi Anna").click();
  await sheet.button("Disattiva").click();
  await expectAccessibleEverywhere(page, "deactivation");
  await page.getByRole("alertdialog").getByRole("button", { name: "Annulla" }).click();
  await sheet.open("/utenti/nuovo");
  await expectSound(page, "/utenti/nuovo");
});

test("sending: the empty check, the check, the operation, the mails", async ({ page }) => {
  const school = await lively();
  await school.enter(page);
  const send = new SendPage(page);
  await send.open("/utenti/invio");
  await expect(page.getByText("Nessun utente selezionato").first()).toBeVisible();
  await expectSound(page, "/utenti/invio, nobody selected");
  await send.open("/operazioni");
  const users = new UsersPage(page);
  await users.goto();
  await users.selectPage.check();
  await users.send();
  await expect(send.selected).toBeVisible();
  await send.button(/^Correggi/).click();
  await expectSound(page, "/utenti/invio");
  await send.submit.click();
  const operation = new OperationPage(page);
  await expect(operation.state).toHaveText("Completata", { timeout: 30_000 });
  await expect(operation.recipient("Bianchi Anna")).toBeVisible();
  await expectSound(page, "/operazioni/:id");
  await operation.open(`${new URL(page.url()).pathname}?esito=esclusi`);
  await expectSound(page, "/operazioni/:id, left out");
  await operation.open("/operazioni");
  await expect(page.getByRole("row", { name: /Invio credenziali/ })).toBeVisible();
  await expectSound(page, "/operazioni");
  await operation.open("/posta");
  await expect(page.getByRole("row", { name: /Bianchi Anna/ }).first()).toBeVisible();
  await expectSound(page, "/posta");
});

test("importing: the form, its refusal, the preview with errors, the outcome", async ({ page, complaints }) => {
  complaints.allow(/4\d\d/);
  const school = await lively();
  await school.enter(page);
  const imports = new ImportPage(page);
  await imports.open("/importa");
  await expectSound(page, "/importa");
  await imports.button("Carica e controlla").click();
  await expect(page.getByRole("group", { name: "C'è un problema" })).toBeVisible();
  await expectAccessibleEverywhere(page, "/importa with an error");
  const text = "Nome utente;Cognome;Nome;Mail utente;Gruppi;Attivo\n77;Rossi;Ada;ada@docenti.example;Docenti;Si\n78;Verdi;Ugo;senza chiocciola;Docenti;Forse\n0000001;Bianchi;Anna;nuova@docenti.example;Docenti;Si\n";
  await imports.upload("Utenti", { name: "utenti.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await expect(imports.confirm).toBeVisible();
  await page.getByText("Da sapere").click();
  await expectSound(page, "/importa/:id");
  await imports.confirm.click();
  await expect(page.getByText(/^Importazione completata/)).toBeVisible({ timeout: 30_000 });
  await expectSound(page, "/importa/:id, done");
  await imports.open("/importa");
  await expectSound(page, "/importa with the latest imports");
});

test("the frame: menus, looks, sessions", async ({ page }) => {
  const school = await lively();
  await school.enter(page);
  const frame = new BasePage(page);
  await frame.open("/accessibilita");
  await frame.button("Zampa Segreteria").click();
  await expectAccessibleEverywhere(page, "own menu");
  await page.getByRole("menuitem", { name: "Aspetto…" }).click();
  await expect(frame.dialog("Aspetto")).toBeVisible();
  await expectAccessibleEverywhere(page, "looks");
  await page.keyboard.press("Escape");
  await frame.button("Zampa Segreteria").click();
  await page.getByRole("menuitem", { name: "I tuoi accessi…" }).click();
  await expect(frame.dialog("I tuoi accessi")).toContainText("Questo dispositivo");
  await expectAccessibleEverywhere(page, "sessions");
  await page.keyboard.press("Escape");
  await frame.button(/Lingua/).click();
  await expectAccessibleEverywhere(page, "languages");
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 768, height: 1024 });
  await frame.button("Menu").click();
  await expectAccessible(page);
});

test("closed and missing pages, and the change of the password", async ({ page, complaints }) => {
  complaints.allow(/40[34]/);
  const school = await lively();
  await school.staff("docente", "Docenti");
  await school.enter(page);
  const frame = new BasePage(page);
  await frame.open("/password");
  await expectSound(page, "/password");
  await frame.open("/non/esiste");
  await expect(frame.title).toHaveText("Pagina non trovata");
  await expectSound(page, "missing page");
  await frame.open("/utenti/999999999");
  await expect(frame.title).toHaveText("Utente non trovato");
  await expectSound(page, "missing user");
  await page.context().clearCookies();
  await school.enter(page, "docente");
  await frame.open("/");
  await expectSound(page, "nothing to do here");
  await frame.open("/posta");
  await expect(frame.title).toContainText("Non hai l'autorizzazione");
  await expectSound(page, "closed page");
});

test("German words overflow no page at any width", async ({ page, context, complaints }) => {
  complaints.allow(/404/);
  const school = await lively();
  await school.enter(page);
  await context.addCookies([{ name: "delega_lang", value: "de", url: baseURL }]);
  const any = new BasePage(page);
  await any.open("/utenti");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  const user = await page.getByRole("rowheader").getByRole("link").first().getAttribute("href");
  await page.getByRole("columnheader").getByRole("checkbox").check();
  for (const path of ["/utenti", user!, "/utenti/nuovo", "/utenti/invio", "/operazioni", "/posta", "/importa", "/accessibilita", "/password", "/accesso", "/non/esiste"]) {
    await any.open(path);
    await expect(any.title, path).toBeVisible();
    for (const width of [320, 768, 1024, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await any.expectNoSidewaysScroll(`${path} at ${width}`);
    }
    await page.setViewportSize(sizes[0]!);
  }
});

test("the canton's pages, in Italian and in German", async ({ page }) => {
  const canton = await Canton.make();
  await canton.enter(page);
  const house = new BasePage(page);
  for (const [path, language] of [
    ["/", "it"],
    ["/unita", "it"],
    ["/utenti", "it"],
    ["/utenti/nuovo", "de"],
    ["/abilitazioni", "de"],
    ["/discrepanze", "de"],
    ["/revisione", "it"],
    ["/impostazioni/promemoria", "de"],
    ["/gruppi", "de"],
    ["/registrazione", "de"],
  ] as const) {
    await page.context().addCookies([{ name: "delega_lang", value: language, url: baseURL }]);
    await test.step(`${path} ${language}`, async () => {
      await house.open(path);
      await expect(house.title).toBeVisible();
      for (const [width, height, colours] of [
        [1280, 800, "light"],
        [768, 1024, "dark"],
      ] as const) {
        await page.setViewportSize({ width, height });
        await inColours(page, colours);
        await expectAccessible(page);
        await house.expectNoSidewaysScroll(`${path} ${width}`);
      }
      await page.setViewportSize({ width: 320, height: 640 });
      await house.expectNoSidewaysScroll(`${path} 320`);
    });
  }
});
